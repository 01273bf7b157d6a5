"""The only reader of the environment. Every setting has a default; none is needed."""

from __future__ import annotations

import os
from decimal import Decimal
from pathlib import Path

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict
from pydantic_settings import SettingsError as UnreadableSetting

from assistant.domain.people import TierLadder
from assistant.errors import SettingsError


class Settings(BaseSettings):
    """Configuration of one Liaison installation, from variables named LIAISON_… or a `.env` file."""

    model_config = SettingsConfigDict(env_prefix="LIAISON_", env_file=".env", frozen=True, extra="ignore")

    data: Path = Field(default=Path(".liaison"), description="Directory of the database and the search indexes.")
    database_url: SecretStr = Field(
        default=SecretStr(""), description="PostgreSQL URL; empty means SQLite in the data directory."
    )
    chroma_url: str = Field(default="", description="Rust Chroma server, http://host:port; empty means embedded.")
    embedder: str = Field(default="minilm", description="Row of integrations/embedders/__init__.py.")
    embedder_url: str = Field(
        default="https://api.openai.com/v1", description="Base URL of an OpenAI-compatible embedding server."
    )
    embedder_key: SecretStr = Field(default=SecretStr(""), description="Key of the embedding server.")
    partners: Path | None = Field(default=None, description="YAML file with partners: id, tier, regions, locale.")
    tiers: tuple[str, ...] = Field(default=TierLadder().names, description="The programme's tiers, lowest first.")
    vendor: str = Field(default="", description="The vendor's name as people put it before its products.")
    products: tuple[str, ...] = Field(
        default=(), description="Codes of the products in the PRM, a JSON list; empty takes any name as it is."
    )
    programme: str = Field(default="skerrow", description="Programme of the approved texts that campaigns are made of.")
    threads: int = Field(default=0, ge=0, description="CPU threads for embedding; 0 means all cores.")
    prm: str = Field(default="embedded", description="Row of integrations/prm/__init__.py.")
    prm_url: SecretStr = Field(
        default=SecretStr(""),
        description="Database of the embedded PRM, or address of a PRM server; empty means database_url, else SQLite.",
    )
    prm_token: SecretStr = Field(default=SecretStr(""), description="Key for the PRM server that prm_url names.")
    microsoft_tenant: str = Field(default="", description="Microsoft Partner Center: the directory (tenant) id.")
    microsoft_client: str = Field(default="", description="Partner Center: the application (client) id.")
    microsoft_secret: SecretStr = Field(default=SecretStr(""), description="Partner Center: the application's secret.")
    microsoft_refresh_token: SecretStr = Field(
        default=SecretStr(""), description="Partner Center: refresh token of a user in the role Referral admin or user."
    )
    microsoft_partner: str = Field(default="", description="Partner Center: the partner whose account this is.")
    microsoft_url: str = Field(default="https://api.partner.microsoft.com", description="Where Partner Center is.")
    microsoft_login: str = Field(
        default="https://login.microsoftonline.com", description="Where Partner Center's tokens come from."
    )
    microsoft_webhook: bool = Field(
        default=False,
        description="Partner Center: tell changes from events posted to /microsoft/events, not by asking.",
    )
    microsoft_issuers: Path | None = Field(
        default=None, description="Partner Center: PEM file of issuers to trust for its events, beside the usual roots."
    )
    aws_profiles: dict[str, str] = Field(
        default_factory=dict,
        description="AWS Partner Central: profile of each partner's credentials; JSON, id to name.",
    )
    aws_catalog: str = Field(default="AWS", description="AWS Partner Central: AWS, or Sandbox to try things out.")
    aws_region: str = Field(default="us-east-1", description="AWS Partner Central: the region that answers.")
    aws_url: str = Field(default="", description="Where Partner Central is; empty means Amazon's own.")
    prm_rules: Path | None = Field(
        default=None, description="Rules of engagement; empty means prm-rules.yaml in the data directory, else ours."
    )
    slack_bot_token: SecretStr = Field(default=SecretStr(""), description="Slack: the app's bot token, xoxb-….")
    slack_app_token: SecretStr = Field(
        default=SecretStr(""), description="Slack: app-level token xapp-… for Socket Mode; HTTP needs none."
    )
    slack_signing_secret: SecretStr = Field(
        default=SecretStr(""), description="Slack: signing secret; set it to take requests over HTTP."
    )
    slack_client_id: str = Field(
        default="", description="Slack: client id; set it to let many workspaces install the app over HTTP."
    )
    slack_client_secret: SecretStr = Field(default=SecretStr(""), description="Slack: client secret, for installation.")
    slack_address: str = Field(
        default="", description="Slack: public address of `liaison serve`, where an installation comes back to."
    )
    slack_token_keys: SecretStr = Field(
        default=SecretStr(""),
        description="Slack: keys that encrypt tokens of workspaces, newest first, with commas; `liaison slack key`.",
    )
    slack_url: str = Field(default="https://slack.com/api/", description="Slack: base URL of the Web API.")
    slack_follow_ups: bool = Field(
        default=False,
        description="Slack: whether to read channels it is in, to answer follow-ups in its threads without a mention.",
    )
    slack_organizations: Path | None = Field(
        default=None, description="YAML file that says whose each Slack workspace is; see docs/slack.md."
    )
    api_anonymous: bool = Field(
        default=False, description="Whether people without a key may ask over HTTP; they see public content only."
    )
    api_rate: int = Field(default=120, ge=0, description="Calls a minute of one key over HTTP; 0 means no limit.")
    api_workers: int = Field(default=1, ge=1, description="Worker processes of `liaison serve`.")
    api_proxies: str = Field(
        default="127.0.0.1",
        description="Proxies in front whose X-Forwarded-For and X-Forwarded-Proto are believed: addresses and networks "
        "with commas between, * for any.",
    )
    api_timeout: float = Field(
        default=30.0, gt=0, description="Seconds that a call over HTTP may take; uploads: ten times."
    )
    api_body_kb: int = Field(default=256, ge=1, description="Largest body of a call over HTTP in KB, uploads excepted.")
    api_upload_mb: int = Field(default=64, ge=1, description="Largest upload over HTTP in MB, all files together.")
    link_hosts: tuple[str, ...] = Field(
        default=(), description="Hosts that links in answers on the web page may lead to; a JSON list."
    )
    oidc_issuer: str = Field(default="", description="Issuer of OIDC access tokens; empty means API keys only.")
    oidc_audience: str = Field(default="liaison", description="Audience that OIDC tokens must be for.")
    oidc_jwks_url: str = Field(default="", description="Where the issuer publishes its signing keys.")
    oidc_claim: str = Field(
        default="liaison_principal", description="Claim of OIDC tokens that names the person, such as partner:acme."
    )
    otlp_endpoint: str = Field(
        default="", description="OpenTelemetry collector (gRPC) that gets traces; empty means none are made."
    )
    log_questions: bool = Field(default=False, description="Whether traces carry questions and answers.")
    gap_partners: int = Field(
        default=3, ge=1, description="How many partners must share a tier or region for the gaps report to name it."
    )
    question_days: int = Field(
        default=365,
        ge=0,
        description="Days that a question that was answered well is kept after it was last asked; 0: for ever.",
    )
    model: str = Field(default="", description="Language model that answers, ROW:MODEL; empty means quotes only.")
    model_url: str = Field(
        default="https://api.openai.com/v1", description="Base URL of the OpenAI-compatible server of the model."
    )
    model_key: SecretStr = Field(default=SecretStr(""), description="Key of the model's server.")
    model_timeout: float = Field(
        default=20.0, gt=0, description="Seconds for all model calls of one question; keep it below api_timeout."
    )
    model_patience: float = Field(
        default=1.8,
        gt=0,
        description="Seconds until the model must begin to speak; then the answer is quotes. Raise it for models that "
        "think before they speak.",
    )
    model_prices: Path | None = Field(default=None, description="YAML price list; empty means ours.")
    model_user_tokens: int = Field(default=0, ge=0, description="Model tokens a person may take a day; 0: no limit.")
    model_partner_tokens: int = Field(default=0, ge=0, description="Model tokens a partner may take a day.")
    model_tenant_tokens: int = Field(default=0, ge=0, description="Model tokens a tenant may take a day.")
    model_user_cost: Decimal = Field(
        default=Decimal(0),
        ge=0,
        description="Model cost of a person a day, in the currency of the price list; 0: no limit.",
    )
    model_partner_cost: Decimal = Field(default=Decimal(0), ge=0, description="Model cost of a partner a day.")
    model_tenant_cost: Decimal = Field(default=Decimal(0), ge=0, description="Model cost of a tenant a day.")
    shared: Path | None = Field(default=None, description="Folder with public corpora for tests and evals.")


def origin(settings: Settings, name: str) -> str:
    """Where a setting comes from: "environment", ".env", or "default"."""
    if _variable(name) in {found.upper() for found in os.environ}:
        return "environment"
    return ".env" if name in settings.model_fields_set else "default"


def unknown_variables() -> tuple[str, ...]:
    """The variables of the environment that look like settings of ours and are none."""
    known = {_variable(name) for name in Settings.model_fields}
    return tuple(
        sorted(name for name in os.environ if name.upper().startswith("LIAISON_") and name.upper() not in known)
    )


def _variable(name: str) -> str:
    return f"LIAISON_{name.upper()}"


def explained(error: ValidationError | UnreadableSetting) -> SettingsError:
    """What `Settings()` raised, in words that name the variable."""
    hint = "docs/settings.md tells what each takes; tiers are a JSON list, lowest first."
    if isinstance(error, ValidationError):
        told = "; ".join(f"{_variable(str(each['loc'][0]))}: {each['msg']}" for each in error.errors() if each["loc"])
        return SettingsError(f"A setting cannot be used: {told}.", hint=hint)
    return SettingsError(f"A setting cannot be read: {error}.", hint=hint)
