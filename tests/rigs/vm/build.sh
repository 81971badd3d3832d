#!/bin/bash
# Builds the guest of the virtual machine in a folder: its kernel, its root and a tiny first stage.
#   build.sh FOLDER
# Needs root on Debian; about 45 s. Nothing of this is installed on the machine that builds it.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1"
cd "$1"
rm -rf root ird kernel.deb.d

# What the guest has besides the essentials: everything that makes stacks of disks, and reads them.
packages=busybox-static,cpio,kmod,udev,procps,iproute2,util-linux-extra,fdisk,mount,smartmontools,nvme-cli
packages+=,lvm2,cryptsetup-bin,mdadm,bcache-tools,btrfs-progs,e2fsprogs,xfsprogs,exfatprogs
mmdebstrap --quiet --variant=essential --include="$packages" \
  --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
  --dpkgopt='path-exclude=/usr/share/locale/*' "$(. /etc/os-release && echo "$VERSION_CODENAME")" root

# The kernel is unpacked, not installed; the drivers of what no virtual machine has stay out.
mkdir kernel.deb.d
(
  cd kernel.deb.d
  [ "$(id -u)" != 0 ] || chmod 777 . # apt downloads as a user of its own
  apt-get -qq download "$(apt-cache depends linux-image-amd64 | awk '/Depends: linux-image/ {print $2}')"
)
drivers='./lib/modules/*/kernel/drivers'
dpkg-deb --fsys-tarfile kernel.deb.d/*.deb | tar -x -C kernel.deb.d --exclude='./usr' \
  --exclude='./lib/modules/*/kernel/sound' --exclude="$drivers/gpu" --exclude="$drivers/media" \
  --exclude="$drivers/infiniband" --exclude="$drivers/staging" --exclude="$drivers/iio" \
  --exclude="$drivers/net/wireless" --exclude="$drivers/net/ethernet"
version=$(ls kernel.deb.d/lib/modules)
mv kernel.deb.d/boot/vmlinuz-* vmlinuz
mkdir -p root/lib/modules
mv "kernel.deb.d/lib/modules/$version" root/lib/modules/
rm -rf kernel.deb.d
chroot root depmod "$version"

# The first stage: busybox and the few modules that reach the root.
mkdir -p ird/{bin,proc,sys,dev,mod,ro,rw,new}
cp root/bin/busybox ird/bin/
for name in sh mount insmod switch_root mkdir cat; do ln -s busybox ird/bin/$name; done
n=100
for module in virtio_pci 9pnet_virtio 9p overlay; do
  chroot root modprobe -S "$version" --show-depends $module
done | awk '$1 == "insmod" && !seen[$2]++ {print $2}' | while read -r file; do
  cp "root$file" "ird/mod/$((n++))-${file##*/}"
done
install -m755 "$here/first.sh" ird/init
install -m755 "$here/second.sh" root/rig-init
mkdir -p root/src root/out
mv ird root/ird # cpio is the guest's
chroot root sh -c 'cd /ird && find . | cpio -o -H newc --quiet | gzip -1' > initrd
rm -rf root/ird
