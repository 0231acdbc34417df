package landfall.sandbox.program;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/** Uro's tables, by the version that brought them; entries and sessions are the demo's own. */
final class UroMigrations {
    static final Map<Long, String> ALL = Collections.unmodifiableMap(all());

    private UroMigrations() {}

    private static Map<Long, String> all() {
        Map<Long, String> all = new TreeMap<>();
        all.put(20200101000000L, """
                CREATE TABLE users (
                    id uuid PRIMARY KEY, username varchar(255) NOT NULL, display_name varchar(255),
                    email varchar(255) NOT NULL, password_hash text NOT NULL, email_confirmed_at timestamp(0),
                    inserted_at timestamp(0) NOT NULL DEFAULT now());
                CREATE UNIQUE INDEX users_username_index ON users (lower(username));
                CREATE UNIQUE INDEX users_email_index ON users (lower(email));
                CREATE TABLE user_privilege_rulesets (
                    id bigserial PRIMARY KEY, user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
                    is_admin boolean NOT NULL DEFAULT false, can_upload_shared_files boolean NOT NULL DEFAULT true);
                """);
        all.put(20200601000000L, """
                CREATE TABLE avatars (
                    id uuid PRIMARY KEY, name varchar(255) NOT NULL, description text, user_content_data varchar(255),
                    uploader_id uuid REFERENCES users, is_public boolean NOT NULL DEFAULT true,
                    inserted_at timestamp(0) NOT NULL DEFAULT now());
                CREATE TABLE shards (
                    id bigserial PRIMARY KEY, user_id uuid REFERENCES users, address varchar(255), port integer,
                    map varchar(255), name varchar(255), current_users integer, max_users integer);
                CREATE INDEX avatars_uploader_id_index ON avatars (uploader_id);
                INSERT INTO avatars (id, name, user_content_data)
                    VALUES ('00000000-0000-4000-8000-000000000001', 'Mire', '/uploads/mire_original.vrm');
                """);
        all.put(20210101000000L, """
                CREATE TABLE events (
                    id bigserial PRIMARY KEY, name varchar(255), payload text,
                    inserted_at timestamp(0) NOT NULL DEFAULT now());
                CREATE INDEX events_inserted_at_index ON events (inserted_at);
                """);
        all.put(20240901000000L, """
                CREATE TABLE shared_files (
                    id uuid PRIMARY KEY, name varchar(255) NOT NULL, shared_content_data varchar(255) NOT NULL,
                    checksum varchar(255) NOT NULL, file_size bigint NOT NULL, mime_type varchar(255),
                    tags varchar(255)[] NOT NULL DEFAULT '{}', is_public boolean NOT NULL DEFAULT true,
                    accepted_by text NOT NULL, inserted_at timestamp(0) NOT NULL DEFAULT now());
                """);
        all.put(20250101000000L, """
                CREATE TABLE sessions (
                    id uuid PRIMARY KEY, user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
                    expires_at timestamptz NOT NULL);
                CREATE INDEX sessions_expires_at_index ON sessions (expires_at);
                """);
        all.put(20250601000000L, """
                CREATE TABLE entries (
                    writer text NOT NULL, number bigint NOT NULL, text text NOT NULL, accepted_by text NOT NULL,
                    at timestamptz NOT NULL DEFAULT clock_timestamp(), PRIMARY KEY (writer, number));
                """);
        return all;
    }
}
