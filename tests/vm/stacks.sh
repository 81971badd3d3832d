# Run in the guest, once: what people make of disks, all at the same time. Disks are named by
# /dev/disk/by-id, for letters differ from boot to boot. Each ends with a folder and films in it.
by=/dev/disk/by-id
films() { mkdir -p "$1" && cp /src/samples/*.mp4 /src/samples/*.webm "$1"; }

# A media folder in a logical volume on an encrypted mirror of two disks, and a bind mount of it.
mirror() {
  mdadm --quiet --create /dev/md0 --run --level=1 --raid-devices=2 --assume-clean --bitmap=none \
    $by/wwn-0x5000c50000000003 $by/wwn-0x5000c50000000004
  printf secret | cryptsetup luksFormat -q --pbkdf pbkdf2 --pbkdf-force-iterations 1000 /dev/md0 -
  printf secret | cryptsetup open --key-file - /dev/md0 crypt0
  pvcreate -q /dev/mapper/crypt0
  vgcreate -q vg0 /dev/mapper/crypt0
  lvcreate -q -y -l 100%FREE -n media vg0
  mkfs.ext4 -q /dev/vg0/media
  mkdir -p /mnt/media /mnt/bind
  mount /dev/vg0/media /mnt/media
  films /mnt/media/films
  mount --bind /mnt/media/films /mnt/bind
}

# A disk behind a cache on another.
cached() {
  make-bcache -C $by/wwn-0x5000c50000000002 -B $by/virtio-VBLK0001
  timeout 20 sh -c 'until [ -b /dev/bcache0 ]; do sleep 0.1; done'
  mkfs.xfs -q /dev/bcache0
  mkdir -p /mnt/cached
  mount /dev/bcache0 /mnt/cached
  films /mnt/cached
}

# One file system over two disks. udev misses that it was made: the kernel alone knows.
spread() {
  mkfs.btrfs -q -d single -m raid1 $by/wwn-0x5000c50000000006 $by/wwn-0x5000c50000000007
  btrfs device scan
  mkdir -p /mnt/two
  mount $by/wwn-0x5000c50000000007 /mnt/two
  films /mnt/two
}

# A disk with a partition table, to be pulled.
plain() {
  printf 'label: gpt\n,1200M,L\n,,L\n' | sfdisk -q $by/wwn-0x5000c50000000001
  udevadm settle
  mkfs.ext4 -q -L films $by/wwn-0x5000c50000000001-part1
  mkdir -p /mnt/pulled
  mount $by/wwn-0x5000c50000000001-part1 /mnt/pulled
  films /mnt/pulled/films
}

# Two disks that will hang: one in its device, one in the device mapper above it.
hanging() {
  mkfs.ext4 -q $by/wwn-0x5000c50000000005
  mkdir -p /mnt/served /mnt/mapped
  mount $by/wwn-0x5000c50000000005 /mnt/served
  films /mnt/served
  echo "0 $(blockdev --getsz $by/wwn-0x5000c50000000008) linear $by/wwn-0x5000c50000000008 0" |
    dmsetup create mapped
  mkfs.ext4 -q /dev/mapper/mapped
  mount /dev/mapper/mapped /mnt/mapped
  films /mnt/mapped
}

jobs=()
for stack in mirror cached spread plain hanging; do
  (set -e; $stack) >/tmp/$stack.log 2>&1 &
  jobs+=("$!:$stack")
done
for job in "${jobs[@]}"; do
  wait "${job%%:*}" || { echo "${job#*:} failed"; cat "/tmp/${job#*:}.log"; exit 1; } >&2
done
sync
udevadm settle
