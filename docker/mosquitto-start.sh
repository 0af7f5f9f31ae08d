#!/bin/sh
# Gives mosquitto the one user whose password was made at the first start, then becomes mosquitto.
set -eu
umask 077
mosquitto_passwd -c -b /tmp/passwords switchroom "$(cat "${SECRETS:-/secrets}/mqtt")"
chown mosquitto:mosquitto /tmp/passwords
exec mosquitto -c "${MOSQUITTO_CONF:-/mosquitto/config/mosquitto.conf}"
