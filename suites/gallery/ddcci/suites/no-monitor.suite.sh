#!/bin/sh
# modprove: modules=i2c_stub,ddcci
# A chip at the address of a monitor that does not speak DDC/CI, played by i2c-stub, is refused.
count=0

result() { # STATUS WHAT
  count=$((count + 1))
  [ "$1" = 0 ] && echo "ok $count - $2" || echo "not ok $count - $2"
}

bus=$(grep -l 'SMBus stub' /sys/bus/i2c/devices/i2c-*/name)
bus=${bus%/name}
chip=$bus/${bus##*i2c-}-0037

echo 1..4
[ -d /sys/bus/ddcci ]
result $? 'there is a bus of monitors'

echo ddcci 0x37 > $bus/new_device && [ -d $chip ]
result $? 'a chip is told of'

[ ! -e $chip/driver ] && [ -z "$(ls /sys/bus/ddcci/devices)" ]
result $? 'it is no monitor'

echo 0x37 > $bus/delete_device && [ ! -e $chip ]
result $? 'it is forgotten'
