// The configuration of the stack's own Roundcube: the application, PHP and nginx, each in the stack's folder.
// Must never read or write the Roundcube, PHP or nginx configuration of the machine.
import { join } from "node:path";
import { DOMAIN } from "./people.ts";

export const WEB_OWNER = "www-data";

export interface RoundcubePlace {
  readonly dir: string;
  readonly httpPort: number;
  readonly imapPort: number;
  readonly sievePort: number;
  readonly smtpPort: number;
  /** 0: plain text compose, 1: rich text compose (Roundcube's own numbers). */
  readonly htmleditor: 0 | 1;
}

export function databaseFile(dir: string): string {
  return join(dir, "roundcube", "db", "roundcube.sqlite");
}

export function roundcubeConfig(place: RoundcubePlace): string {
  const at = (...parts: string[]): string => join(place.dir, "roundcube", ...parts);
  return `<?php
$config = [
  'db_dsnw' => 'sqlite:///${databaseFile(place.dir)}?mode=0640',
  'imap_host' => '127.0.0.1:${place.imapPort}',
  'smtp_host' => '127.0.0.1:${place.smtpPort}',
  'smtp_user' => '',
  'smtp_pass' => '',
  'username_domain' => '${DOMAIN}',
  'mail_domain' => '${DOMAIN}',
  'product_name' => 'Countersign test mail',
  'des_key' => 'for-tests-only-24-chars!',
  'temp_dir' => '${at("temp")}',
  'log_dir' => '${at("logs")}',
  'log_driver' => 'file',
  'session_lifetime' => 600,
  'ip_check' => false,
  'login_rate_limit' => 0,
  'plugins' => ['archive', 'managesieve', 'markasjunk', 'zipdownload'],
  'skin' => 'elastic',
  'language' => 'en_US',
  'timezone' => 'UTC',
  'date_format' => 'Y-m-d',
  'enable_installer' => false,
  'drafts_mbox' => 'Drafts',
  'junk_mbox' => 'Junk',
  'sent_mbox' => 'Sent',
  'trash_mbox' => 'Trash',
  'archive_mbox' => 'Archive',
  'create_default_folders' => false,
  'draft_autosave' => 60,
  'refresh_interval' => 60,
  'message_show_email' => true,
  'htmleditor' => ${place.htmleditor},
  'enable_spellcheck' => false,
  'managesieve_host' => '127.0.0.1:${place.sievePort}',
  'managesieve_default' => '',
  'managesieve_vacation' => 1,
  'managesieve_forward' => 1,
  'managesieve_usetls' => false,
];
`;
}

export function phpConfig(place: RoundcubePlace): string {
  const at = (...parts: string[]): string => join(place.dir, "roundcube", ...parts);
  return `[global]
error_log = ${join(place.dir, "log", "php.log")}
daemonize = no
[roundcube]
user = ${WEB_OWNER}
group = ${WEB_OWNER}
listen = ${at("php.sock")}
listen.owner = ${WEB_OWNER}
listen.group = ${WEB_OWNER}
listen.mode = 0660
pm = static
pm.max_children = 4
catch_workers_output = yes
env[ROUNDCUBE_CONFIG_DIR] = ${at("config")}
php_admin_value[session.save_path] = ${at("temp")}
php_admin_value[upload_tmp_dir] = ${at("temp")}
php_admin_value[upload_max_filesize] = 20M
php_admin_value[post_max_size] = 25M
php_admin_value[memory_limit] = 128M
php_admin_value[date.timezone] = UTC
`;
}

export function nginxConfig(place: RoundcubePlace): string {
  const at = (...parts: string[]): string => join(place.dir, "roundcube", ...parts);
  return `user ${WEB_OWNER};
worker_processes 1;
daemon off;
pid ${at("nginx.pid")};
error_log ${join(place.dir, "log", "nginx.log")} warn;
events { worker_connections 256; }
http {
  include /etc/nginx/mime.types;
  default_type application/octet-stream;
  access_log off;
  client_body_temp_path ${at("nginx-body")};
  fastcgi_temp_path ${at("nginx-fcgi")};
  proxy_temp_path ${at("nginx-proxy")};
  uwsgi_temp_path ${at("nginx-uwsgi")};
  scgi_temp_path ${at("nginx-scgi")};
  client_max_body_size 25m;
  server {
    listen 127.0.0.1:${place.httpPort};
    root /var/lib/roundcube/public_html;
    index index.php;
    absolute_redirect off;
    location ~ /\\. { return 404; }
    location / { try_files $uri $uri/ /index.php$is_args$args; }
    location ~ \\.php$ {
      include /etc/nginx/fastcgi_params;
      fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;
      fastcgi_pass unix:${at("php.sock")};
      fastcgi_read_timeout 60;
    }
  }
}
`;
}
