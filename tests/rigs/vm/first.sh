#!/bin/sh
# First stage in the guest: loads a handful of modules, makes the root from the read-only base and
# a tmpfs on top of it, and goes there. So every boot begins clean.
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
for module in /mod/*.ko; do insmod "$module" 2>/dev/null; done
mount -t 9p -o ro,trans=virtio,version=9p2000.L,msize=262144,cache=loose root /ro
mount -t tmpfs rw /rw
mkdir /rw/up /rw/work
mount -t overlay -o lowerdir=/ro,upperdir=/rw/up,workdir=/rw/work overlay /new
mount --move /dev /new/dev
mount --move /sys /new/sys
mount --move /proc /new/proc
exec switch_root /new /rig-init
