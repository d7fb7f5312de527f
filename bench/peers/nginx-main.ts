/** The part of nginx.conf that the backend and the peer share. */
export function nginxMain(folder: string): string {
  // Started as root (in a container), nginx would drop to a user who may not read the rig's temporary folder.
  const user = process.getuid?.() === 0 ? 'user root;' : ''
  return `daemon off;
${user}
# One worker: it is held against one worker of ours.
worker_processes 1;
worker_rlimit_nofile 16384;
pid ${folder}/nginx.pid;
error_log ${folder}/error.log warn;
events { worker_connections 8192; }`
}
