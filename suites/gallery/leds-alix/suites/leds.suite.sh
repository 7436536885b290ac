#!/bin/sh
# modprove: modules=leds_alix
# Three LEDs are there, whether or not the machine has them, and keep what they are set to.
count=0

result() { # STATUS WHAT
  count=$((count + 1))
  [ "$1" = 0 ] && echo "ok $count - $2" || echo "not ok $count - $2"
}

echo 1..4
[ "$(ls /sys/class/leds | grep -c '^alix:')" = 3 ]
result $? 'there are three'
for led in /sys/class/leds/alix:*; do
  echo 1 > $led/brightness && [ "$(cat $led/brightness)" = 1 ] &&
    echo 0 > $led/brightness && [ "$(cat $led/brightness)" = 0 ]
  result $? "${led##*/} goes on and off"
done
