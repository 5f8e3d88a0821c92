#!/bin/bash
# machine.sh COMMAND [ARGUMENT...]
#
# Runs COMMAND as root in a throw-away virtual machine that owns real V4L2 devices, for computers that have none:
#   /dev/video10  v4l2loopback, card label "Understudy", exclusive_caps=1
#   /dev/video11  v4l2loopback, card label "Spare"
#   vivid         the kernel's test-pattern camera, at the first free number
#
# The guest sees this computer's files read-only below a layer in memory: whatever COMMAND writes is gone afterwards, and only
# what it prints comes back. The processor is emulated, so the guest is 15 to 40 times slower than this computer.
# With MACHINE_SLOWER=20 its clock goes twenty times slower as well: by that clock it is about as quick as this computer,
# and what has to be done in time can be timed there. A second of the guest's then takes twenty.
#
# Environment: MACHINE_SECONDS (600) until it is given up, MACHINE_MB (4096) of memory, MACHINE_SLOWER (1).
# Status: that of COMMAND; 124 when the time was over; 125 when the machine did not come up.
set -euo pipefail

say() { printf 'machine.sh: %s\n' "$*" >&2; }
[ $# -gt 0 ] || { say "which command?"; exit 125; }

newest_kernel() { # the newest installed kernel for which v4l2loopback was built
    find /lib/modules -name 'v4l2loopback.ko*' 2>/dev/null | cut -d/ -f4 | sort -Vu | while read -r version; do
        if [ -e "/boot/vmlinuz-$version" ]; then echo "$version"; fi
    done | tail -n 1
}

kernel=$(newest_kernel)
[ -n "$kernel" ] || { say "no kernel with v4l2loopback is installed; tests/devices/install.sh gets one"; exit 125; }
for program in qemu-system-x86_64 busybox cpio modprobe; do
    command -v "$program" >/dev/null || { say "$program is missing; tests/devices/install.sh gets it"; exit 125; }
done

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
slower=${MACHINE_SLOWER:-1}
clock=()
if [ "$slower" != 1 ]; then
    command -v cc >/dev/null || { say "cc is missing; tests/devices/install.sh gets it"; exit 125; }
    cc -O2 -shared -fPIC "-DSLOWER=$slower" -o "$scratch/slow_clock.so" "$(dirname "$0")/slow_clock.c"
    clock=(env "LD_PRELOAD=$scratch/slow_clock.so")
fi
tree=$scratch/tree
mkdir -p "$tree"/{bin,modules,proc,sys,dev,disk,layer,top}
cp "$(command -v busybox)" "$tree/bin/"
for module in virtio_pci 9pnet_virtio 9p overlay; do
    modprobe --set-version "$kernel" --show-depends "$module" | sed -n 's/^insmod \([^ ]*\).*/\1/p'
done | awk '!known[$0]++' >"$scratch/modules"
while read -r file; do
    cp "$file" "$tree/modules/"
    basename "$file" >>"$tree/modules/list"
done <"$scratch/modules"
{ printf 'cd %q\n' "$PWD"; printf 'exec'; printf ' %q' "$@"; printf '\n'; } >"$tree/command"

# ttyS0 is the kernel's console, ttyS1 what COMMAND prints, ttyS2 its status.
cat >"$tree/init" <<'INIT'
#!/bin/busybox sh
/bin/busybox --install -s /bin
mount -t proc none /proc
mount -t sysfs none /sys
mount -t devtmpfs none /dev
while read -r module; do insmod "/modules/$module"; done </modules/list
mount -t 9p -o ro,trans=virtio,version=9p2000.L,msize=524288,cache=loose disk /disk || poweroff -f
mount -t tmpfs -o size=75% none /layer
mkdir /layer/written /layer/work
mount -t overlay -o lowerdir=/disk,upperdir=/layer/written,workdir=/layer/work none /top || poweroff -f
for folder in proc sys dev; do mount --move "/$folder" "/top/$folder"; done
mkdir -p /top/dev/shm /top/dev/pts
mount -t tmpfs none /top/dev/shm
mount -t devpts none /top/dev/pts
cp /command /top/dev/shm/command
cat >/top/dev/shm/start <<'START'
modprobe v4l2loopback video_nr=10,11 card_label=Understudy,Spare exclusive_caps=1,1
modprobe vivid
ip link set lo up
bash /dev/shm/command
START
stty -F /top/dev/ttyS1 raw 115200
chroot /top /bin/bash -l /dev/shm/start </top/dev/null >/top/dev/ttyS1 2>&1
echo $? >/top/dev/ttyS2
sync
poweroff -f
INIT
chmod +x "$tree/init"
(cd "$tree" && find . | cpio --create --format=newc --quiet | gzip --fast) >"$scratch/initramfs"

# NumPy's sorting crashes on QEMU 7's emulation of AVX2. By a slow clock the kernel's check of its timer fails.
status=0
timeout --foreground "${MACHINE_SECONDS:-600}" "${clock[@]}" qemu-system-x86_64 \
    -accel tcg,thread=multi -cpu max,avx2=off -smp 2 -m "${MACHINE_MB:-4096}" -display none -monitor none -nic none -no-reboot \
    -kernel "/boot/vmlinuz-$kernel" -initrd "$scratch/initramfs" -append "console=ttyS0 quiet panic=-1 no_timer_check" \
    -virtfs local,path=/,mount_tag=disk,security_model=none,multidevs=remap,readonly=on \
    -serial "file:$scratch/console" -serial stdio -serial "file:$scratch/status" </dev/null || status=$?
[ "$status" != 124 ] || { say "given up after ${MACHINE_SECONDS:-600} s"; exit 124; }
answer=$(tr -dc '0-9' <"$scratch/status" 2>/dev/null || true)
[ -n "$answer" ] || { say "the machine did not come up; its last words:"; tail -n 8 "$scratch/console" >&2; exit 125; }
exit "$answer"
