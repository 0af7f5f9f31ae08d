# The server. espeak-ng speaks the prompts that nobody has recorded yet; ffmpeg is for recordings in other formats.
FROM python:3.13-slim

RUN apt-get update \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends espeak-ng ffmpeg \
 && rm -rf /var/lib/apt/lists/* \
 && groupadd -g 10001 switchroom && useradd -u 10001 -g 10001 -M -d /srv/switchroom -s /usr/sbin/nologin switchroom \
 && mkdir -p /srv/switchroom && chown 10001:10001 /srv/switchroom

WORKDIR /app
COPY . .
RUN pip install --no-cache-dir --constraint requirements.lock .

USER 10001:10001
ENTRYPOINT ["switchroom"]
CMD ["serve", "--config", "/app/switchroom.toml"]
