#!/bin/sh
# modprove: modules=apfs timeout=120
# A file system that apfsprogs made is mounted and written, and has it all when it is mounted again.
disk=/dev/vda
folder=$(mktemp -d)
at=$folder/at
mkdir $at
count=0

result() { # STATUS WHAT
  count=$((count + 1))
  [ "$1" = 0 ] && echo "ok $count - $2" || echo "not ok $count - $2"
}

echo 1..8
mkapfs $disk && mount -t apfs -o readwrite $disk $at
result $? 'a new file system is mounted'

dd if=/dev/urandom of=$folder/in bs=1M count=2 2>/dev/null
mkdir $at/a && cp $folder/in $at/a/file && ln -s a/file $at/link && ln $at/a/file $at/second
result $? 'a folder, a file and two links are made'

umount $at && mount -t apfs $disk $at && cmp $folder/in $at/a/file
result $? 'mounted again, the file is what was written'

[ "$(readlink $at/link)" = a/file ] && cmp $folder/in $at/second
result $? 'the links lead to it'

! touch $at/new 2>/dev/null
result $? 'without "readwrite" nothing is written'

umount $at && apfsck $disk
result $? 'apfsck finds nothing wrong'

mount -t apfs -o readwrite $disk $at && rm -r $at/a $at/link && [ "$(ls $at)" = second ] && umount $at
result $? 'files are removed'

apfsck $disk
result $? 'apfsck finds nothing wrong then'
rm -r $folder
