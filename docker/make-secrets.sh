#!/bin/sh
# Makes the secrets that are missing, and the folders and the hold music that Asterisk and the server share.
# usage: make-secrets.sh SECRETS DATA
set -eu
umask 077
secrets=$1
data=$2
owner=${OWNER:-10001:10001}

for name in ami agi mqtt postgres; do
    if [ ! -s "$secrets/$name" ]; then
        head -c 24 /dev/urandom | base64 | tr '+/' '-_' > "$secrets/.$name"
        mv "$secrets/.$name" "$secrets/$name"
    fi
done
mkdir -p "$data/recordings" "$data/sounds"
python -c 'import sys; from pathlib import Path; from cti.asterisk.music import write_hold_music; write_hold_music(Path(sys.argv[1]))' \
    "$data/music"
chown -R "$owner" "$secrets" "$data"
