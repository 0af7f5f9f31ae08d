#!/bin/sh
# Writes what depends on this machine and its secrets, then becomes Asterisk.
set -eu
umask 077
etc=${ASTERISK_ETC:-/etc/asterisk}
secrets=${SECRETS:-/secrets}
recordings=${RECORDINGS:-/srv/switchroom/recordings}

printf '[options]\nsystemname = %s\nlive_dangerously = no\nexecincludes = no\nhideconnect = yes\n' \
    "${NODE_NAME:?the name of this node in switchroom.toml}" > "$etc/asterisk.conf"
# The database outlives the container: it holds the last words of calls that ended while the server was away.
printf '[directories]\nastdbdir = %s\n' "${ASTERISK_STATE:-/var/lib/asterisk-state}" >> "$etc/asterisk.conf"
printf 'secret = %s\n' "$(cat "$secrets/ami")" > "$etc/switchroom-secret.conf"
printf 'SR_AGI => agi://127.0.0.1:4573/%s\nSR_RECORDINGS => %s\n' "$(cat "$secrets/agi")" "$recordings" \
    > "$etc/switchroom-globals.conf"
printf '[general]\nenable = no\n' | tee "$etc/cdr.conf" > "$etc/cel.conf"
printf '[general]\nrtpstart = 20000\nrtpend = 29999\nicesupport = no\n' > "$etc/rtp.conf"
printf '[default]\nmode = files\ndirectory = %s\n' "${MUSIC:-/srv/switchroom/music}" > "$etc/musiconhold.conf"
printf '[general]\ndateformat = %%F %%T.%%3q\nqueue_log = no\n[logfiles]\nconsole => notice,warning,error\n' \
    > "$etc/logger.conf"

mkdir -p "$recordings"
exec "${ASTERISK:-asterisk}" -f -C "$etc/asterisk.conf"
