#!/usr/bin/env bats
# Every subcommand, in the order in which one would use them; later tests need what earlier ones made.
load helper

has() { [[ "$output" == *"$1"* ]] || { echo "wanted: $1"; echo "got: $output"; return 1; }; }
exits() { [[ "$status" -eq "$1" ]] || { echo "exit code $status, wanted $1: $output"; return 1; }; }

@test "create refuses a bad name, a bad flag and an image that isn't there" {
  run dk objects:create; exits 1; has "Please specify a valid name for the service"
  run dk objects:create "bad name!"; exits 1
  run dk objects:create up --bogus; exits 1; has "Invalid flag passed"
  stubbed
  run dk objects:create up --image-version absent; exits 1; has "pull failed"
  run dk objects:exists up; exits 1; has " !     Objects service up does not exist"
}

@test "create starts a server with a bucket named like the service" {
  run dk objects:create uploads; exits 0
  has "=====> Objects container created: uploads"; has "=====> uploads objects service information"; has "running"
  run dk objects:create uploads; exits 1; has "Objects service uploads already exists"
  run dk objects:exists uploads; exits 0; has "-----> Service uploads exists"
  run dk objects:list; exits 0; has "=====> Objects services"; has "uploads"
  run dk objects:info uploads --status; exits 0; [[ "$output" == "running" ]]
  run dk objects:info uploads --dsn; exits 0; [[ "$output" =~ ^s3://[A-Z0-9]+:[0-9a-f]+@dokku-objects-uploads:9000/uploads\?region=us-east-1$ ]]
  run dk objects:info uploads --bogus; exits 1; has "Invalid flag passed, valid flags: --bucket"
  run dk objects:bucket-list uploads; exits 0; has "uploads"
}

@test "buckets are created, changed, listed and destroyed" {
  run dk objects:bucket-create uploads assets --quota 1M; exits 0; has "bucket assets created"
  run dk objects:bucket-create uploads assets; exits 1
  run dk objects:bucket-set uploads assets --versioning enabled; exits 0
  run dk objects:usage uploads --format json; exits 0
  [[ "$(jq -r '.[] | select(.name == "assets") | .quotaBytes, .versioning' <<<"$output" | tr '\n' ' ')" == "1048576 enabled " ]]
  run dk objects:usage uploads; exits 0; has "BYTES"
  run dk objects:bucket-create uploads gone; exits 0
  run dk objects:bucket-destroy uploads gone; exits 0
  run dk objects:bucket-destroy uploads gone; exits 1; has "no bucket gone"
}

@test "users are created, listed and destroyed" {
  run dk objects:user-create uploads reports --bucket uploads --read-only; exits 0; has "AWS_SECRET_ACCESS_KEY="
  run dk objects:user-list uploads; exits 0; has "uploads:read"
  run dk objects:user-create uploads app-shop; exits 1; has "belong to links"
  run dk objects:user-destroy uploads reports; exits 0
  run dk objects:user-destroy uploads reports; exits 1; has "no user reports"
}

@test "link gives the app keys of its own that work, and none goes through a command line" {
  stubbed
  run dk objects:link uploads nope; exits 20; has "App nope does not exist"
  run dk objects:linked uploads shop; exits 1; has "Service uploads is not linked to shop"
  run dk objects:link uploads shop --querystring pool=5; exits 0; has "-----> Setting config vars"; has "       OBJECTS_URL:  s3://"
  [[ "$output" == *":********@"* ]]
  run dk objects:link uploads shop; exits 1; has "Already linked as OBJECTS_URL"
  run dk objects:linked uploads shop; exits 0; has "-----> Service uploads is linked to shop"
  run dk objects:links uploads; [[ "$output" == "shop" ]]
  run dk objects:app-links shop; [[ "$output" == "uploads" ]]
  run jq -r '.OBJECTS_URL, .AWS_ENDPOINT_URL_S3, .AWS_REGION, .S3_BUCKET' "$DOKKU_ROOT/shop/settings"
  has "@dokku-objects-uploads:9000/uploads?region=us-east-1&pool=5"; has "http://dokku-objects-uploads:9000"; has "us-east-1"
  grep -Fx -- "--link dokku.objects.uploads:dokku-objects-uploads" "$DOKKU_ROOT/shop/options"
  local id secret root_secret port
  id="$(jq -r .AWS_ACCESS_KEY_ID "$DOKKU_ROOT/shop/settings")"
  secret="$(jq -r .AWS_SECRET_ACCESS_KEY "$DOKKU_ROOT/shop/settings")"
  root_secret="$(cat "$OBJECTS_ROOT/uploads/auth/secret")"
  [[ "${#secret}" -gt 20 ]]
  ! grep -F -- "$secret" "$FAKE_ROOT/calls"
  ! grep -F -- "$root_secret" "$FAKE_ROOT/calls"
  [[ "$(stat -c %a "$OBJECTS_ROOT/uploads/auth/secret")" == "600" ]]
  port="$(cat "$OBJECTS_ROOT/uploads/PROXY_PORT")"
  curl -fsS --aws-sigv4 aws:amz:us-east-1:s3 --user "$id:$secret" -H "x-amz-content-sha256: UNSIGNED-PAYLOAD" \
    -X PUT --data-binary "hello" "http://127.0.0.1:$port/uploads/a/b.txt" -H "x-amz-meta-colour: blue" -H "content-type: text/plain"
  run curl -s -o /dev/null -w '%{http_code}' --aws-sigv4 aws:amz:us-east-1:s3 --user "$id:$secret" -H "x-amz-content-sha256: UNSIGNED-PAYLOAD" "http://127.0.0.1:$port/assets/x"
  [[ "$output" == "403" ]]
}

@test "a link never overwrites settings that are there" {
  stubbed
  mkdir "$DOKKU_ROOT/mailer"; echo '{"AWS_ACCESS_KEY_ID":"of-ses"}' >"$DOKKU_ROOT/mailer/settings"
  run dk objects:link uploads mailer --no-restart; exits 0; has "has AWS_ACCESS_KEY_ID already, so the link set only OBJECTS_URL"
  [[ "$(jq -r '.AWS_ACCESS_KEY_ID' "$DOKKU_ROOT/mailer/settings")" == "of-ses" ]]
  [[ "$(jq -r '.S3_BUCKET' "$DOKKU_ROOT/mailer/settings")" == "null" ]]
  run dk objects:unlink uploads mailer --no-restart; exits 0
  run dk objects:link uploads mailer --alias FILES --no-restart; exits 0; has "Skipping restart of linked app"
  [[ "$(jq -r '.AWS_ACCESS_KEY_ID' "$DOKKU_ROOT/mailer/settings")" == "of-ses" ]]
  [[ "$(jq -r '.FILES_S3_BUCKET' "$DOKKU_ROOT/mailer/settings")" == "uploads" ]]
  run dk --force apps:destroy mailer; exits 0; has "Unlinking from uploads"
  run dk objects:user-list uploads; [[ "$output" != *app-mailer* ]]
  run dk objects:links uploads; [[ "$output" == "shop" ]]
}

@test "export and import carry bytes and metadata; a tar cut off is refused" {
  stubbed
  dk objects:export uploads >"$FAKE_ROOT/all.tar"
  run tar -tf "$FAKE_ROOT/all.tar"; has "uploads/a/b.txt"
  run dk objects:create copy --bucket uploads; exits 0
  dk objects:import copy <"$FAKE_ROOT/all.tar" >"$FAKE_ROOT/said"; grep "1 objects imported, 5 bytes" "$FAKE_ROOT/said"
  dk objects:export copy >"$FAKE_ROOT/again.tar"
  [[ "$(tar -xOf "$FAKE_ROOT/again.tar" uploads/a/b.txt)" == "hello" ]]
  grep -aq '"colour":"blue"' "$FAKE_ROOT/again.tar"
  head -c 3000 "$FAKE_ROOT/all.tar" >"$FAKE_ROOT/cut.tar"
  run dk objects:import copy <"$FAKE_ROOT/cut.tar"; exits 1
  run dk objects:import copy </dev/null; exits 1; has "no object came"
}

@test "promote swaps the default alias and keeps the other service's settings" {
  stubbed
  run dk objects:promote uploads shop; exits 1; has "Service uploads already promoted as OBJECTS_URL"
  run dk objects:promote copy shop; exits 1; has "Not linked to app shop"
  run dk objects:link copy shop; exits 0; has "DOKKU_OBJECTS_AQUA_URL"
  run dk objects:promote copy shop; exits 0
  run jq -r '.OBJECTS_URL, .AWS_ENDPOINT_URL_S3, .DOKKU_OBJECTS_BLACK_URL' "$DOKKU_ROOT/shop/settings"
  has "http://dokku-objects-copy:9000"; has "@dokku-objects-uploads:9000/"
  run dk objects:unlink copy shop; exits 0; has "OBJECTS_URL"
  run dk objects:unlink copy shop; exits 1; has "Not linked to app shop"
  run jq -r 'keys[]' "$DOKKU_ROOT/shop/settings"; [[ "$output" != *AQUA* ]]; has "DOKKU_OBJECTS_BLACK_URL"
}

@test "a cloned app gets keys of its own" {
  stubbed
  cp -r "$DOKKU_ROOT/shop" "$DOKKU_ROOT/twin"
  run "$PLUGIN_UNDER_TEST/post-app-clone-setup" shop twin; exits 0
  [[ "$(jq -r .DOKKU_OBJECTS_BLACK_URL "$DOKKU_ROOT/shop/settings")" != "$(jq -r .DOKKU_OBJECTS_BLACK_URL "$DOKKU_ROOT/twin/settings")" ]]
  run dk objects:links uploads; has "twin"
  run dk objects:unlink uploads twin; exits 0
  run "$PLUGIN_UNDER_TEST/service-list"; has "objects:uploads"
}

@test "a backup is uploaded to another store, read back and compared" {
  stubbed
  run dk objects:backup uploads safe; exits 1; has "No keys for backups"
  run dk objects:bucket-create copy safe; exits 0
  { cat "$OBJECTS_ROOT/copy/auth/id" ; echo; cat "$OBJECTS_ROOT/copy/auth/secret"; echo; } | sed '/^$/d' \
    | dk objects:backup-auth uploads - us-east-1 4 "http://127.0.0.1:$(cat "$OBJECTS_ROOT/copy/PROXY_PORT")"
  run dk objects:backup uploads safe/daily; exits 0; has "read back and the same"
  run dk objects:backup uploads nowhere; exits 1; has "NoSuchBucket"
  run dk objects:backup-schedule uploads "0 3 * * *" safe; exits 0
  run dk objects:backup-schedule-cat uploads; exits 0; has "0 3 * * * dokku "; has "objects:backup uploads safe"
  run dk objects:backup-schedule uploads "nonsense; rm" safe; exits 1
  run dk objects:backup-unschedule uploads; exits 0
  run dk objects:backup-schedule-cat uploads; exits 1; has "There is no scheduled backup for uploads."
  run dk objects:backup-deauth uploads; exits 0
  run dk objects:backup-set-encryption uploads pass; exits 1; has "not encrypted"
}

@test "a bucket is read through from an old store, whose keys come by the input" {
  stubbed
  run dk objects:bucket-create uploads through; exits 0
  { cat "$OBJECTS_ROOT/copy/auth/id" ; echo; cat "$OBJECTS_ROOT/copy/auth/secret"; echo; } | sed '/^$/d' \
    | dk objects:bucket-set uploads through --keys-stdin \
        --read-through "http://127.0.0.1:$(cat "$OBJECTS_ROOT/copy/PROXY_PORT")/safe/daily/"
  ! grep -F -- "$(cat "$OBJECTS_ROOT/copy/auth/secret")" "$FAKE_ROOT/calls"
  run dk objects:bucket-fetch uploads through; exits 0; has "1 fetched and compared"
  run dk objects:bucket-set uploads through --no-read-through; exits 0
  run dk objects:bucket-fetch uploads through; exits 1; has "isn't read through"
  run dk --force objects:bucket-destroy uploads through; exits 0
}

@test "publish serves a public bucket through a proxy template without gzip" {
  stubbed
  run dk objects:publish uploads uploads files.example.org --max-age 60; exits 0; has "published on http://files.example.org"
  local conf="$DOKKU_ROOT/objects-uploads-uploads-public/nginx.conf.d/objects.conf" port
  port="$(cat "$OBJECTS_ROOT/uploads/PROXY_PORT")"
  grep -q "gzip off;" "$conf"; grep -q "max-age=60" "$conf"; grep -Fq "proxy_pass http://127.0.0.1:$port/uploads\$request_uri;" "$conf"
  ! grep -q "@" "$conf"
  [[ "$(curl -fsS "http://127.0.0.1:$port/uploads/a/b.txt")" == "hello" ]]
  run dk objects:publish uploads --api s3.example.org; exits 0
  grep -q "client_max_body_size 0;" "$DOKKU_ROOT/objects-uploads-api/nginx.conf.d/objects.conf"
  run dk objects:info uploads --published; has "uploads->files.example.org"
  run dk --force objects:destroy uploads; exits 1; has "Cannot delete"
  run dk objects:unpublish uploads uploads; exits 0
  run dk objects:unpublish uploads --api; exits 0
  run dk objects:unpublish uploads uploads; exits 1; has "is not published"
  run curl -s -o /dev/null -w '%{http_code}' "http://127.0.0.1:$port/uploads/a/b.txt"; [[ "$output" == "403" ]]
}

@test "scrub, logs, enter and connect" {
  run dk objects:scrub uploads; exits 0
  run dk objects:logs uploads 5; exits 0
  run dk objects:enter uploads echo hi; exits 0; has "-----> Filesystem changes may not persist after container restarts"; has "hi"
  run dk objects:connect uploads bucket-list; exits 0; has "assets"
  run bash -c "$(declare -f dk); printf 'health\nnonsense\n' | dk objects:connect uploads"; exits 1; has "ok"
}

@test "expose, set, pause, stop, start, restart and upgrade" {
  run dk objects:expose uploads 127.0.0.1:45999; exits 0
  has "-----> Service uploads exposed on port(s) [container->host]: 9000->127.0.0.1:45999 "
  run dk objects:expose uploads; exits 1; has "Service uploads already exposed on port(s) 127.0.0.1:45999"
  run dk objects:unexpose uploads; exits 0; has "-----> Service uploads unexposed"
  run dk objects:set uploads initial-network bridge; exits 0; has "=====> Setting initial-network to bridge"
  run dk objects:set uploads initial-network; exits 0; has "=====> Unsetting initial-network"
  run dk objects:set uploads bogus x; exits 1; has "Invalid key specified, valid keys include: initial-network"
  run dk objects:pause uploads; exits 0; has "Container paused"
  run dk objects:usage uploads; exits 1; has "not running"
  run dk objects:start uploads; exits 0; has "=====> Container started"
  run dk objects:start uploads; exits 0; has " !     Service is already started"
  run dk objects:stop uploads; exits 0; has "Removing container"
  run dk objects:info uploads --status; [[ "$output" == "missing" ]]
  run dk objects:stop uploads; exits 0; has "already paused"
  run dk objects:restart uploads; exits 0; has "Please call dokku ps:restart on all linked apps"
  run dk objects:upgrade uploads; exits 0; has "-----> Service uploads already running"
  run dk objects:upgrade uploads --custom-env "OBJECTS_STOP_SECONDS=5"; exits 0; has "Container started"
}

@test "clone copies buckets and objects" {
  run dk objects:clone uploads second; exits 0; has "=====> Cloning uploads to second"
  run dk objects:bucket-list second; has "assets"
  run dk --force objects:destroy second; exits 0
}

@test "destroy asks, refuses while linked, and leaves nothing" {
  stubbed
  run dk --force objects:destroy uploads; exits 1; has "Cannot delete linked service"
  run dk objects:unlink uploads shop; exits 0
  [[ "$(cat "$DOKKU_ROOT/shop/settings")" == "{}" ]]
  run dk objects:destroy uploads <<<"no"; exits 1; has "WARNING: Potentially Destructive Action"
  run dk objects:destroy uploads <<<"uploads"; exits 0; has "=====> Objects container deleted: uploads"
  [[ ! -e "$OBJECTS_ROOT/uploads" ]]
  run dk --force objects:destroy uploads; exits 1; has "Objects service uploads does not exist"
  run dk --force objects:destroy copy; exits 0
}

@test "help describes every subcommand" {
  stubbed
  run dk objects:help; exits 0; has "objects:create"; has "objects:scrub"
  local path
  for path in "$PLUGIN_UNDER_TEST"/subcommands/*; do
    run dk objects:help "$(basename "$path")"; exits 0; has "usage: dokku objects:$(basename "$path")"
  done
  run dk objects:bogus; exits 10
}

@test "everything is free of shellcheck's complaints" {
  command -v shellcheck >/dev/null || skip "shellcheck is not installed"
  cd "$PLUGIN_UNDER_TEST"
  run shellcheck -x -P "$PLUGIN_UNDER_TEST/../.." config common-functions functions help-functions commands install update \
    pre-delete pre-restore pre-start post-app-clone-setup post-app-rename-setup service-list objects subcommands/* tests/bin/*
  exits 0
}
