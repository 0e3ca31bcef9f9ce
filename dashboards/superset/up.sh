#!/usr/bin/env bash
# Superset over the published release, on this machine: sets itself up, imports the dashboards, and serves them.
#   dashboards/superset/up.sh            JIXIAO_HOME names the home folder (else ./home); port 8088, or SUPERSET_PORT
#   JIXIAO_SUPERSET_DATABASE             SQLAlchemy address to read instead of the release's DuckDB file, for example
#                                        postgresql://analyst:…@host/warehouse
#   SUPERSET_SECRET_KEY, SUPERSET_ADMIN_PASSWORD   else made at the first start and kept in <home>/superset/
# 在本机打开 Superset：自动安装、导入看板并启动服务。
set -euo pipefail
repository=$(cd "$(dirname "$0")/../.." && pwd)
home=$(realpath "${JIXIAO_HOME:-$repository/home}")
if [ ! -e "$home/current" ]; then
  echo "Nothing has been published in $home yet: run uv run jixiao load. 尚无发布版本，请先运行 uv run jixiao load。" >&2
  exit 1
fi
cd "$repository/dashboards/superset"
export SUPERSET_HOME="$home/superset" SUPERSET_CONFIG_PATH="$PWD/superset_config.py" FLASK_APP="superset.app:create_app()"
mkdir -p "$SUPERSET_HOME"
chmod 700 "$SUPERSET_HOME"

kept() { # what the environment does not say is made once and kept, readable by its owner only
  [ -s "$SUPERSET_HOME/$1" ] || (umask 077 && python3 -c 'import secrets; print(secrets.token_urlsafe(32))' > "$SUPERSET_HOME/$1")
  cat "$SUPERSET_HOME/$1"
}
export SUPERSET_SECRET_KEY="${SUPERSET_SECRET_KEY:-$(kept secret_key)}"
password="${SUPERSET_ADMIN_PASSWORD:-$(kept admin_password)}"

uv sync --quiet
export PATH="$PWD/.venv/bin:$PATH" PYTHONWARNINGS=ignore
if [ ! -s "$SUPERSET_HOME/superset.db" ]; then
  superset db upgrade
  superset init
fi
superset fab create-admin --username admin --firstname jixiao --lastname admin --email admin@localhost --password "$password" > /dev/null 2>&1 ||
  superset fab reset-password --username admin --password "$password"
python assets.py import "${JIXIAO_SUPERSET_DATABASE:-duckdb:///$home/current/warehouse.duckdb}"
echo "http://127.0.0.1:${SUPERSET_PORT:-8088}/dashboard/list/  admin / ${SUPERSET_ADMIN_PASSWORD:+(SUPERSET_ADMIN_PASSWORD)}${SUPERSET_ADMIN_PASSWORD:-see $SUPERSET_HOME/admin_password}" |
  sed "s/(SUPERSET_ADMIN_PASSWORD).*/(SUPERSET_ADMIN_PASSWORD)/"
exec gunicorn --bind "127.0.0.1:${SUPERSET_PORT:-8088}" --workers 2 --worker-class gthread --threads 8 --timeout 120 --log-level warning "superset.app:create_app()"
