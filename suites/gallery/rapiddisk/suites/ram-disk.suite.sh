#!/bin/sh
# modprove: modules=rapiddisk
# A RAM disk is attached, grows, keeps what is written, and is detached.
mgmt=/sys/kernel/rapiddisk/mgmt
devices=/sys/kernel/rapiddisk/devices
disk=/dev/rd0
mib=1048576
folder=$(mktemp -d)
count=0

result() { # STATUS WHAT
  count=$((count + 1))
  [ "$1" = 0 ] && echo "ok $count - $2" || echo "not ok $count - $2"
}
order() { echo "rapiddisk $*" > $mgmt; }
eventually() { # COMMAND
  tries=0
  until eval "$1"; do
    tries=$((tries + 1))
    [ $tries -lt 500 ] || return 1
    usleep 10000
  done
}

echo 1..6
order attach 0 $((4 * mib)) && eventually '[ -b $disk ]' && [ "$(blockdev --getsize64 $disk)" = $((4 * mib)) ]
result $? 'a disk of 4 MiB is attached'

dd if=/dev/urandom of=$folder/in bs=1M count=4 2>/dev/null
dd if=$folder/in of=$disk bs=1M conv=fsync 2>/dev/null
echo 3 > /proc/sys/vm/drop_caches
cmp $folder/in $disk
result $? 'it reads what was written'

! order attach 0 $mib 2>/dev/null
result $? 'a second disk of the number is refused'

order resize 0 $((8 * mib)) && [ "$(blockdev --getsize64 $disk)" = $((8 * mib)) ] && cmp -n $((4 * mib)) $folder/in $disk
result $? 'it grows, and keeps its content'

order detach 0 && eventually '[ ! -e $disk ]' && ! grep -q rd0 $devices
result $? 'it is detached'

! order detach 0 2>/dev/null
result $? 'what is not attached is not detached'
rm -r $folder
