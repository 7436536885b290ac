#!/bin/sh
# modprove: modules=veth,jool_common,jool timeout=60
# A host with IPv6 alone reaches one with IPv4 alone: jool translates between them.
count=0

# Busybox prefers an ip of its own, which knows no namespaces.
ip() { /bin/ip "$@"; }
result() { # STATUS WHAT
  count=$((count + 1))
  [ "$1" = 0 ] && echo "ok $count - $2" || echo "not ok $count - $2"
}
wire() { # NAMESPACE OWN-ADDRESS ITS-ADDRESS ROUTER
  ip netns add "$1" &&
    ip link add "to-$1" type veth peer name wire netns "$1" &&
    ip addr add "$2" dev "to-$1" $5 && ip link set "to-$1" up &&
    ip -n "$1" addr add "$3" dev wire $5 && ip -n "$1" link set wire up &&
    ip -n "$1" route add default via "$4"
}
ping_four() { ip netns exec six ping -6 -c 1 -W 2 64:ff9b::192.0.2.2; }

echo 1..6
echo 1 > /proc/sys/net/ipv4/ip_forward && echo 1 > /proc/sys/net/ipv6/conf/all/forwarding &&
  wire six 2001:db8::1/96 2001:db8::2/96 2001:db8::1 nodad &&
  wire four 192.0.2.1/24 192.0.2.2/24 192.0.2.1
result $? 'two hosts are wired to this one'

! ping_four >/dev/null
result $? 'without jool the one does not reach the other'

jool instance add --netfilter --pool6 64:ff9b::/96 && jool instance display --csv | grep -q ,default,netfilter
result $? 'an instance is made'

ping_four
result $? 'the other answers'

jool session display --icmp --numeric | grep -q 192.0.2.2
result $? 'the session is listed'

jool instance remove && ! ping_four >/dev/null
result $? 'and no longer when the instance is removed'
