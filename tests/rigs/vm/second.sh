#!/bin/bash
# Second stage in the guest: mounts, udev, network; then runs what the host sends, until it sends
# "poweroff". A line is: ID BASE64-OF-A-SCRIPT. The answer: a line (group separator, ID, exit code,
# bytes of output, bytes of errors), then output and errors. Scripts run side by side, so one that
# hangs on a dead disk holds up no other.
export PATH=/usr/sbin:/usr/bin:/sbin:/bin:/src HOME=/root TERM=dumb LANG=C.UTF-8
mount -t tmpfs run /run
mount -t tmpfs tmp /tmp
mkdir -p /dev/pts /dev/shm /run/lock /run/udev /run/exec /etc/lvm
mount -t devpts devpts /dev/pts
mount -t tmpfs shm /dev/shm
ln -sf /proc/mounts /etc/mtab
share=trans=virtio,version=9p2000.L,msize=262144
mount -t 9p -o ro,$share,cache=loose src /src
mount -t 9p -o $share out /out
/lib/systemd/systemd-udevd --daemon 2>/dev/null
udevadm trigger --action=add --type=subsystems
udevadm trigger --action=add
udevadm settle
modprobe -a btrfs bcache dm_mod # what a Debian has loaded by then
ip link set lo up
net=$(cd /sys/class/net && ls -d e*)
ip link set "$net" up
ip addr add 10.0.2.15/24 dev "$net"
ip route add default via 10.0.2.2

serve() { # ID SCRIPT
  local at=/run/exec/$1 code
  bash -c "$(base64 -d <<<"$2")" </dev/null >"$at.out" 2>"$at.err" 3>&-
  code=$?
  (
    flock 9
    printf '\035%s %d %d %d\n' "$1" $code "$(stat -c %s "$at.out")" "$(stat -c %s "$at.err")" >&3
    cat "$at.out" "$at.err" >&3
  ) 9>/run/exec/lock
  rm "$at.out" "$at.err"
}
exec 3<>/dev/virtio-ports/exec
while :; do # reading gives end-of-file while no client is connected
  read -r -u 3 id script || { sleep 0.1; continue; }
  [ "$id" = poweroff ] && break
  serve "$id" "$script" &
done
sync
echo o >/proc/sysrq-trigger
while :; do sleep 1; done
