"""The child process that turns media into sound, and can do nothing else.

FFmpeg's libraries read what strangers made. Their own security page counts on a sandbox for that
(https://ffmpeg.org/security.html), and a playlist or a reference inside a file may name other files
and servers (https://ffmpeg.org/ffmpeg-protocols.html, `protocol_whitelist`). So they run in a
process of their own: it opens no file and no socket (RLIMIT_NOFILE is 0 before the first byte is
read), has bounded memory and CPU time, sees no environment and no arguments of the service, and
asks its parent for every byte over a pipe. `shared.speech.media` is that parent.

Only the standard library and PyAV are imported here: the process starts in a fifth of a second.
"""
