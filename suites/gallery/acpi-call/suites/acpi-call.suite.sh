#!/bin/sh
# modprove: modules=acpi_call
# Objects of the machine's ACPI tables are evaluated by their names, also with arguments.
count=0

result() { # STATUS WHAT
  count=$((count + 1))
  [ "$1" = 0 ] && echo "ok $count - $2" || echo "not ok $count - $2"
}
answer() { # LINE
  echo "$1" > /proc/acpi/call && tr -d '\0' < /proc/acpi/call
}
is() { # LINE ANSWER
  got=$(answer "$1")
  [ "$got" = "$2" ] || { echo "# $1 gave $got"; return 1; }
}

echo 1..4
[ "$(tr -d '\0' < /proc/acpi/call)" = 'not called' ]
result $? 'before the first call, none was made'

is '\_S5' '[0x5, 0x0, 0x0, 0x0]'
result $? 'the package of \_S5 is read'

is '\_SB.NONE' 'Error: AE_NOT_FOUND'
result $? 'an object that does not exist is not found'

answer '\_S5 b1' >/dev/null
is '\_S5' '[0x5, 0x0, 0x0, 0x0]'
result $? 'after an argument of half a byte was refused, calls go on'
