#!/bin/sh
# modprove: modules=compat_xtables,xt_DELUDE,xt_TARPIT,xt_CHAOS
# What the rule of CHAOS is for is dropped or rejected, never let in.
count=0

result() { # STATUS WHAT
  count=$((count + 1))
  [ "$1" = 0 ] && echo "ok $count - $2" || echo "not ok $count - $2"
}
ping_self() { ping -c 1 -W 1 127.0.0.2 >/dev/null 2>&1; }

echo 1..4
iptables-legacy -A INPUT -p tcp --dport 81 -j CHAOS --tarpit &&
  iptables-legacy -A INPUT -p tcp --dport 82 -j CHAOS --delude
result $? 'rules are taken with each of its ways'

ping_self
result $? 'what they are not for is let in'

iptables-legacy -A INPUT -d 127.0.0.2 -j CHAOS && ! ping_self && ! ping_self && ! ping_self
result $? 'what a rule is for is not'

iptables-legacy -F INPUT && ping_self
result $? 'and is again without the rule'
