#!/bin/sh
# modprove: modules=rapiddisk,rapiddisk_cache timeout=60
# A disk behind a cache in RAM reads what was written through the cache, and to the disk itself.
# The guest has no udev: dmsetup makes the device's file itself.
export DM_DISABLE_UDEV=1
folder=$(mktemp -d)
count=0

result() { # STATUS WHAT
  count=$((count + 1))
  [ "$1" = 0 ] && echo "ok $count - $2" || echo "not ok $count - $2"
}

echo 1..4
echo "rapiddisk attach 0 8388608" > /sys/kernel/rapiddisk/mgmt
sectors=$(blockdev --getsz /dev/vda)
dmsetup create cached --table "0 $sectors rapiddisk-cache /dev/vda /dev/rd0 16384 0" && [ -b /dev/mapper/cached ]
result $? 'a cache is made'

dd if=/dev/urandom of=$folder/in bs=1M count=4 2>/dev/null
dd if=$folder/in of=/dev/mapper/cached bs=4k conv=fsync 2>/dev/null
echo 3 > /proc/sys/vm/drop_caches
head -c 4194304 /dev/mapper/cached | cmp $folder/in -
result $? 'it reads what was written'

dmsetup remove cached
result $? 'it is removed'

echo 3 > /proc/sys/vm/drop_caches
head -c 4194304 /dev/vda | cmp $folder/in -
result $? 'the disk behind has it all: the cache writes through'
echo "rapiddisk detach 0" > /sys/kernel/rapiddisk/mgmt
rm -r $folder
