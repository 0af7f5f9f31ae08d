# Debian's Asterisk 22 with Switchroom's configuration. It runs as the same plain user as the server (10001), so that both
# read the secrets and the recordings.
FROM debian:sid-slim

RUN apt-get update \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends asterisk \
 && rm -rf /var/lib/apt/lists/* \
 && asterisk -V \
 && groupadd -g 10001 switchroom && useradd -u 10001 -g 10001 -M -d /var/lib/asterisk -s /usr/sbin/nologin switchroom \
 && mkdir -p /var/lib/asterisk-state /run/asterisk \
 && chown -R 10001:10001 /etc/asterisk /var/lib/asterisk /var/lib/asterisk-state /var/log/asterisk \
    /var/spool/asterisk /run/asterisk

COPY asterisk-config/extensions.conf asterisk-config/manager.conf asterisk-config/pjsip.conf \
     asterisk-config/modules.conf asterisk-config/confbridge.conf asterisk-config/amd.conf /etc/asterisk/
COPY docker/asterisk-start.sh /usr/local/bin/asterisk-start

USER 10001:10001
ENTRYPOINT ["/bin/sh", "/usr/local/bin/asterisk-start"]
