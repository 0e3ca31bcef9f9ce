-- The databases and roles of a deployment, each with what it needs and no more. Once, as the server's administrator:
--   JIXIAO_DAGSTER_PASSWORD=… JIXIAO_PUBLISHER_PASSWORD=… psql -v ON_ERROR_STOP=1 -f deploy/roles.sql
-- People's and BI tools' logins: create role 张三 login password '…' in role jixiao_reader;
\getenv dagster_password JIXIAO_DAGSTER_PASSWORD
\getenv publisher_password JIXIAO_PUBLISHER_PASSWORD

-- Dagster's history: runs, ticks, events. Nobody else comes in.
create role jixiao_dagster login password :'dagster_password';
create database jixiao_dagster owner jixiao_dagster;
revoke all on database jixiao_dagster from public;

-- The releases: the publisher makes schemas and views, readers see the views only.
create role jixiao_publisher login password :'publisher_password';
create role jixiao_reader nologin;
create database jixiao;
revoke all on database jixiao from public;
grant connect, create, temporary on database jixiao to jixiao_publisher;
grant connect on database jixiao to jixiao_reader;
-- It sees whether somebody still reads the release before, of whatever login.
grant pg_read_all_stats to jixiao_publisher;
\connect jixiao
revoke all on schema public from public;
