#!/bin/sh
# modprove: modules=ovpn_dco_v2
# A network device is made, goes up and down, and is removed.
count=0

result() { # STATUS WHAT
  count=$((count + 1))
  [ "$1" = 0 ] && echo "ok $count - $2" || echo "not ok $count - $2"
}

echo 1..5
ip link add vpn0 type ovpn-dco && [ -d /sys/class/net/vpn0 ]
result $? 'a device is made'

ip link set vpn0 up && ip addr add 10.9.8.1/24 dev vpn0 && ip route | grep -q '10.9.8.0/24 dev vpn0'
result $? 'it goes up, and has a route'

! ping -c 1 -W 1 10.9.8.2 >/dev/null 2>&1 && [ "$(cat /sys/class/net/vpn0/statistics/tx_packets)" = 0 ]
result $? 'without a peer, no packet is sent'

ip link set vpn0 down && [ "$(cat /sys/class/net/vpn0/operstate)" = down ]
result $? 'it goes down'

ip link del vpn0 && [ ! -e /sys/class/net/vpn0 ]
result $? 'it is removed'
