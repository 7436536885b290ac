#!/bin/sh
# modprove: modules=compat_xtables,xt_condition
# A rule of iptables holds while its condition, a file below /proc, is 1.
file=/proc/net/nf_condition/closed
count=0

result() { # STATUS WHAT
  count=$((count + 1))
  [ "$1" = 0 ] && echo "ok $count - $2" || echo "not ok $count - $2"
}
ping_self() { ping -c 1 -W 1 127.0.0.2 >/dev/null 2>&1; }

echo 1..5
iptables-legacy -A OUTPUT -d 127.0.0.2 -m condition --condition closed -j DROP && [ -f $file ]
result $? 'a rule with a condition is taken'

[ "$(cat $file)" = 0 ] && ping_self
result $? 'it does not hold at first'

echo 1 > $file && ! ping_self
result $? 'it holds when the condition is 1'

echo 0 > $file && ping_self
result $? 'and no longer when it is 0'

iptables-legacy -F OUTPUT && [ ! -e $file ]
result $? 'the condition goes with its rule'
