#!/bin/busybox sh
# Process 1 of the VM: loads the modules, mounts the read-only root from the virtio disk with a
# writable layer in memory, mounts what a Linux machine has, and hands over to the sandbox agent.
# All of it is busybox, statically linked: under emulation every program that loads libraries costs
# a tenth of a second. Nothing here may read /proc/sys/kernel/random/boot_id: the kernel makes it
# at the first read, and every clone is to have its own.
b=/bin/busybox
$b mount -t devtmpfs dev /dev
$b mount -t proc -o nosuid,nodev,noexec proc /proc
while read -r module parameters; do
  $b insmod "/modules/$module" $parameters
done < /modules/order

$b mount -t squashfs -o ro /dev/vda /ro || exit 1
$b mount -t tmpfs -o size=60%,mode=755 rw /rw
$b mkdir /rw/upper /rw/work
$b mount -t overlay -o lowerdir=/ro,upperdir=/rw/upper,workdir=/rw/work root /new
$b mount --move /dev /new/dev
$b mount --move /proc /new/proc
cd /new || exit 1
$b mount -t sysfs -o nosuid,nodev,noexec sysfs sys
$b mkdir dev/pts dev/shm
$b mount -t devpts -o nosuid,noexec,gid=5,mode=620,ptmxmode=666 devpts dev/pts
$b mount -t tmpfs -o nosuid,nodev tmpfs dev/shm
$b mount -t tmpfs -o nosuid,nodev,mode=755 tmpfs run
$b mount -t tmpfs -o nosuid,nodev,mode=1777 tmpfs tmp
$b mount -t cgroup2 -o nosuid,nodev,noexec cgroup2 sys/fs/cgroup
$b mkdir run/lock dev/virtio-ports
$b ln -s /proc/self/fd dev/fd
$b ln -s /proc/self/fd/0 dev/stdin
$b ln -s /proc/self/fd/1 dev/stdout
$b ln -s /proc/self/fd/2 dev/stderr
# There is no udev: the virtio ports get the names that QEMU gave them.
for port in sys/class/virtio-ports/*; do
  read -r name < "$port/name"
  $b ln -s "../${port##*/}" "dev/virtio-ports/$name"
done
$b hostname lab
$b ip link set lo up
cd /
export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8
exec $b switch_root /new /usr/sbin/vethbook-agent guest /dev/virtio-ports
