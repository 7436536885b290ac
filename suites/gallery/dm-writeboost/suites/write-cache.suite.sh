#!/bin/sh
# modprove: modules=dm_writeboost timeout=120
# A log-structured cache on one disk for another: what is written is read, and gets to that one.
backing=/dev/vda
cache=/dev/vdb
# The guest has no udev: dmsetup makes the device's file itself.
export DM_DISABLE_UDEV=1
folder=$(mktemp -d)
count=0

result() { # STATUS WHAT
  count=$((count + 1))
  [ "$1" = 0 ] && echo "ok $count - $2" || echo "not ok $count - $2"
}
create() {
  dmsetup create boosted --table "0 $(blockdev --getsz $backing) writeboost $backing $cache" && [ -b /dev/mapper/boosted ]
}
same() { # DEVICE
  echo 3 > /proc/sys/vm/drop_caches
  head -c 4194304 $1 | cmp $folder/in -
}

echo 1..7
dd if=/dev/urandom of=$folder/in bs=1M count=4 2>/dev/null

create
result $? 'a device is made of two disks'

dd if=$folder/in of=/dev/mapper/boosted bs=4k conv=fsync 2>/dev/null && same /dev/mapper/boosted
result $? 'it reads what was written'

dmsetup remove boosted && create && same /dev/mapper/boosted
result $? 'made again from the log, it still does'

! same $backing 2>/dev/null
result $? 'the disk behind has not got it: it was cached'

dmsetup message boosted 0 drop_caches && same $backing
result $? 'drop_caches writes it to the disk behind'

dmsetup status boosted | grep -q writeboost
result $? 'the device tells its status'

dmsetup remove boosted
result $? 'it is removed'
rm -r $folder
