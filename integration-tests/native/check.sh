#!/bin/sh
# Tries every program of the folder $1, which are built under the sanitizers.
set -eu
dir=$1

fail() {
  echo "check.sh: $1" >&2
  exit 1
}

[ "$("$dir/effective-uid")" = "Effective uid: $(id -u)" ] || fail "effective-uid does not know who it is"

[ "$("$dir/sh" -c 'echo plain words')" = "plain words" ] || fail "sh runs no plain command"
[ "$("$dir/sh" -c 'echo $((6 * 7)) | cat')" = 42 ] || fail "sh does not leave the rest to busybox"
said=$("$dir/sh" -c no-such-command 2>&1) && fail "sh runs what is not there"
[ "$said" = "$dir/sh: no-such-command: not found" ] || fail "sh says: $said"

"$dir/lines" 0 >"$dir/lines.out" || fail "lines does not end well"
[ "$(tail -n 1 "$dir/lines.out" | cut -d, -f1)" = "lines written: 800" ] || fail "lines does not count right"
[ "$(sed -n '800p' "$dir/lines.out" | cut -c1-13)" = "000000000799 " ] || fail "lines does not number right"
[ "$(head -n 800 "$dir/lines.out" | wc -c)" = 64000 ] || fail "lines has lines of another length"

"$dir/cutdisk" 2>/dev/null && fail "cutdisk serves nothing"
if [ "$(id -u)" = 0 ] && [ -w /dev/fuse ]; then
  cut=$dir/cutdisk.d
  mkdir -p "$cut"
  : >"$cut/place"
  mkfifo "$cut/orders"
  "$dir/cutdisk" "$cut/disk" 65536 "$cut/place" <"$cut/orders" >"$cut/answers" &
  exec 3>"$cut/orders"
  for try in $(seq 100); do
    grep -q ready "$cut/answers" && break
    [ "$try" -lt 100 ] || fail "cutdisk does not begin"
    sleep 0.1
  done
  printf flushed | dd of="$cut/place" bs=4096 seek=1 conv=notrunc,fsync 2>/dev/null
  printf written | dd of="$cut/place" bs=4096 seek=2 conv=notrunc 2>/dev/null
  printf 'cut 1 0 9\nnow\n' >&3
  for try in $(seq 100); do
    grep -q '^cut 0 1$' "$cut/answers" && break
    [ "$try" -lt 100 ] || fail "cutdisk loses another number of blocks than was not flushed"
    sleep 0.1
  done
  [ ! -e "$cut/disk.on" ] || fail "cutdisk says that it has power"
  printf nowhere | dd of="$cut/place" bs=4096 seek=3 conv=notrunc,fsync 2>/dev/null
  exec 3>&-
  wait $!
  [ "$(tr -d '\0' <"$cut/disk")" = flushed ] || fail "cutdisk keeps what was not flushed"
  rm -r "$cut"
fi

"$dir/slowdisk" 2>/dev/null && fail "slowdisk serves nothing"
if [ "$(id -u)" = 0 ] && [ -w /dev/fuse ]; then
  slow=$dir/slowdisk.d
  mkdir -p "$slow"
  : >"$slow/place"
  mkfifo "$slow/orders"
  "$dir/slowdisk" 65536 "$slow/place" <"$slow/orders" >"$slow/answers" &
  exec 3>"$slow/orders"
  for try in $(seq 100); do
    grep -q ready "$slow/answers" && break
    [ "$try" -lt 100 ] || fail "slowdisk does not begin"
    sleep 0.1
  done
  printf kept | dd of="$slow/place" bs=4096 seek=2 conv=notrunc,fsync 2>/dev/null
  echo 'delay 500000' >&3
  for try in $(seq 100); do
    grep -q '^delay 500000$' "$slow/answers" && break
    [ "$try" -lt 100 ] || fail "slowdisk does not get slow"
    sleep 0.1
  done
  begin=$(date +%s%N)
  [ "$(dd if="$slow/place" bs=4096 skip=2 count=1 2>/dev/null | tr -d '\0')" = kept ] || fail "slowdisk forgets what was written"
  [ $(($(date +%s%N) - begin)) -ge 500000000 ] || fail "slowdisk answers too early"
  exec 3>&-
  wait $!
  rm -r "$slow"
fi

segments=$dir/segments
cat >"$segments" <<'END'
       key      shmid perms                  size  cpid  lpid nattch   uid   gid  cuid  cgid      atime      dtime      ctime                   rss                  swap
        17         42   644               1048576   100   101      0     7     8     9    10          0          0 1700000000                     0                     0
END
"$dir/ipcs" "$segments" | grep -q '^0x00000011 42         7          644        1048576' || fail "ipcs misses a segment"
"$dir/ipcs" -m >/dev/null || fail "ipcs cannot read the kernel's list"

"$dir/pause" &
pause=$!
web=
trap 'kill $pause $web 2>/dev/null || true' EXIT
for try in $(seq 100); do
  "$dir/pgrep" pause | grep -qx "$pause" && break
  [ "$try" -lt 100 ] || fail "pgrep does not find pause"
  sleep 0.1
done
if "$dir/pgrep" no-such-process; then fail "pgrep finds what is not there"; fi
kill -TERM "$pause"
wait "$pause" || fail "pause does not end well on SIGTERM"

rm -f "$dir/web.pid"
port=$((20000 + $$ % 12000))
"$dir/webserver" -p "$port" -P "$dir/web.pid" -t "nginx: master process" &
web=$!
for try in $(seq 100); do
  [ -s "$dir/web.pid" ] && break
  [ "$try" -lt 100 ] || fail "webserver writes no pid"
  sleep 0.1
done
[ "$(cat "$dir/web.pid")" = "$web" ] || fail "webserver wrote another pid"
tr '\0' ' ' <"/proc/$web/cmdline" | grep -q '^nginx: master process' || fail "webserver has another title"
[ "$(cat "/proc/$web/comm")" = webserver ] || fail "webserver has another name"
busybox wget -q -O - "http://127.0.0.1:$port/" | grep -q 'It works!' || fail "webserver serves no page"
kill -QUIT "$web"
wait "$web" || fail "webserver does not end well on SIGQUIT"

rm -f "$dir/datagrams.err"
"$dir/datagrams" "$port" 2>"$dir/datagrams.err" &
web=$!
for try in $(seq 100); do
  grep -qs listening "$dir/datagrams.err" && break
  [ "$try" -lt 100 ] || fail "datagrams does not listen"
  sleep 0.1
done
answer=$(bash -c 'exec 3<>"/dev/udp/127.0.0.1/$1"; echo ping >&3; timeout 10 head -n 1 <&3' check "$port")
[ "$answer" = ping ] || fail "datagrams answers: $answer"
kill -TERM "$web"
wait "$web" || fail "datagrams does not end well on SIGTERM"
"$dir/console" "$dir/console.sock" </dev/null 2>"$dir/console.err" &
web=$!
for try in $(seq 100); do
  [ -S "$dir/console.sock" ] && break
  [ "$try" -lt 100 ] || fail "console does not listen"
  sleep 0.1
done
kill "$web"
{ wait "$web"; } 2>/dev/null && fail "console ends well without a terminal"
"$dir/grpc-health" "$port" >"$dir/health.out" &
web=$!
for try in $(seq 100); do
  grep -qs listens "$dir/health.out" && break
  [ "$try" -lt 100 ] || fail "grpc-health does not listen"
  sleep 0.1
done
# The preface, settings, and the end of a call's message: an answer has a trailer.
call='PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0\0\0\0\0\1\0\0\0\1'
answer=$(timeout 10 bash -c 'exec 3<>"/dev/tcp/127.0.0.1/$1"; printf "$2" >&3; head -c 87 <&3 | grep -ao grpc-status' check "$port" "$call")
[ "$answer" = grpc-status ] || fail "grpc-health answers: $answer"
kill -TERM "$web"
wait "$web" || fail "grpc-health does not end well on SIGTERM"
echo "native programs: ok"
