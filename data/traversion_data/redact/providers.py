"""Keys of clouds and services that are known by how they begin.

The prefixes are those that the providers publish so that scanners find their keys; which providers
do is listed in GitHub's "Supported secret scanning patterns" (docs.github.com, code security), and
the lengths are those of the providers' own pages and of gitleaks' published rules. A length here is
the shortest that is issued, so that a longer key does not leave its end behind. Prefixes that
hashes, ids or Base64 hit by chance (`key-` and 32 digits, `cio` and 32 letters) are left out.
"""

from __future__ import annotations

import re
from typing import Final

from traversion_data.redact.pseudonym import StandIn

_WORD: Final = r"[0-9A-Za-z_\-]"
_HEX: Final = "[0-9a-fA-F]"

_ISSUED: Final[dict[str, str]] = {
    "age": r"AGE-SECRET-KEY-1[0-9A-Z]{58,}",
    "alibaba": r"LTAI[0-9A-Za-z]{12,}",
    "anthropic": rf"sk-ant-{_WORD}{{20,}}",
    "atlassian": r"AT(?:ATT|CTT|STT)3[0-9A-Za-z_\-=]{50,}",
    "aws bedrock": r"ABSK[0-9A-Za-z+/]{100,}={0,2}",
    "aws mws": rf"amzn\.mws\.{_HEX}{{8}}(?:-{_HEX}{{4}}){{3}}-{_HEX}{{12,}}",
    "aws sts": r"(?:ABIA|ACCA)[A-Z2-7]{16,}",
    "buildkite": r"bk(?:ua|at|ct|prt)_[0-9A-Za-z]{40,}",
    "circleci": r"CCI(?:PAT|PRJ)_[0-9A-Za-z_]{40,}",
    "databricks": r"dapi[0-9a-f]{32,}(?:-[0-9])?",
    "digitalocean": r"do[opr]_v1_[0-9a-f]{64,}",
    "docker": rf"dckr_[op]at_{_WORD}{{20,}}",
    "doppler": r"dp\.(?:pt|st|ct|sa|scim|audit)\.[0-9A-Za-z]{40,}",
    "dynatrace": r"dt0[a-z][0-9]{2}\.[0-9A-Z]{24}\.[0-9A-Z]{64,}",
    "figma": rf"fig[dorh]_{_WORD}{{40,}}",
    "fly": r"fm[12][ar]?_[0-9A-Za-z+/]{60,}={0,3}",
    "gitlab": rf"gl(?:pat|dt|rt|cbt|ptt|ft|soat|oas|imt|agent|ffct|wt)-{_WORD}{{20,}}"
    r"(?:\.[0-9a-z.]{9,})?",
    "google api": rf"AIza{_WORD}{{35,}}",
    "google oauth": rf"GOCSPX-{_WORD}{{28,}}|ya29\.[0-9A-Za-z_.\-]{{20,}}|1//0{_WORD}{{38,}}",
    "grafana": rf"glsa_[0-9A-Za-z]{{32}}_{_HEX}{{8,}}|glc_[0-9A-Za-z+/]{{32,}}={{0,3}}",
    "hashicorp": rf"hv[sbr]\.{_WORD}{{24,}}",
    "heroku": rf"HRKU-{_WORD}{{36,}}",
    "huggingface": r"(?:hf|api_org)_[A-Za-z]{34,}",
    "linear": r"lin_(?:api|oauth)_[0-9A-Za-z]{40,}",
    "new relic": rf"NR(?:AK|II|IQ|JS|RA)-{_WORD}{{19,}}",
    "notion": r"ntn_[0-9A-Za-z]{40,}",
    "npm": r"npm_[0-9A-Za-z]{36,}",
    "openai": rf"sk-(?:proj|svcacct|admin)-{_WORD}{{20,}}"
    r"|sk-[0-9A-Za-z]{20}T3BlbkFJ[0-9A-Za-z]{20,}",
    "planetscale": r"pscale_(?:tkn|oauth|pw)_[0-9A-Za-z_.\-=]{32,}",
    "postman": r"PMAK-[0-9a-f]{24}-[0-9a-f]{34,}",
    "pulumi": r"pul-[0-9a-f]{40,}",
    "pypi": rf"pypi-AgE{_WORD}{{50,}}",
    "razorpay": r"rzp_(?:live|test)_[0-9A-Za-z]{14,}",
    "rubygems": r"rubygems_[0-9a-f]{48,}",
    "sendgrid": rf"SG\.{_WORD}{{22}}\.{_WORD}{{43,}}",
    "sentry": r"sntry[us]_[0-9A-Za-z+/=_\-]{40,}",
    "shopify": rf"shp(?:at|ca|pa|ss)_{_HEX}{{32,}}",
    "square": rf"sq0(?:atp|csp)-{_WORD}{{22,}}",
    "supabase": r"sb[ps]_[0-9a-f]{40,}|sb_secret_[0-9A-Za-z_\-]{20,}",
    "tailscale": r"tskey-[a-z]+-[0-9A-Za-z\-]{20,}",
    "telegram": rf"[0-9]{{8,10}}:AA{_WORD}{{33,}}",
    "tencent": r"AKID[0-9A-Za-z]{32,}",
}
_B: Final = r"(?-u:\b)"
_WITHIN: Final[dict[str, tuple[str, str]]] = {
    "azure directory": (r"[0-9A-Za-z_~.\-]{3}[0-9]Q~[0-9A-Za-z_~.\-]{31,}", "[0-9]Q~"),
    "azure storage": (
        r"[0-9A-Za-z+/]+(?:APIM|ACDb|\+(?:ABa|AMC|ASt))[0-9A-Za-z+/]{5}[AQgw]==",
        r"(?:APIM|ACDb|\+(?:ABa|AMC|ASt))[0-9A-Za-z+/]{5}[AQgw]==",
    ),
    "azure devops": (rf"{_B}[0-9A-Za-z]+AZDO[0-9A-Za-z]{{4}}{_B}", "AZDO[0-9A-Za-z]{4}"),
    "terraform": (rf"[0-9A-Za-z]+\.atlasv1\.{_WORD}{{60,}}", r"\.atlasv1\."),
}
"""Keys that are known by what stands within, with that sign alone."""
_STORAGE: Final = re.compile(r"(?:APIM|ACDb|\+(?:ABa|AMC|ASt))[0-9A-Za-z+/]{5}[AQgw]==$")
_STORAGE_LENGTH: Final = 88
_DEVOPS_LENGTH: Final = 84
"""Base64 of other things has the signs of these by chance, but not the length."""

PATTERN: Final = (
    rf"{_B}(?:{'|'.join(_ISSUED.values())})|{'|'.join(form for form, _ in _WITHIN.values())}"
)
"""Any of these keys."""

AHEAD: Final = (
    rf"{_B}(?:LTAI|AT[ACS]TT3|ABSK|amzn\.mws\.|A(?:BI|CC)A[A-Z2-7]|AGE-SECRET-|bk[acpu][a-z]{{1,2}}_"
    r"|CCI(?:PAT|PRJ)_|dapi[0-9a-f]|do[opr]_v1_|dckr_|dp\.[a-z]{2,5}\.|dt0[a-z][0-9]{2}\.|fig[dorh]_"
    r"|fm[12][ar]?_|gl[a-z]{2,5}-[0-9A-Za-z_\-]|AIza|GOCSPX-|ya29\.|1//0|gl(?:sa|c)_|hv[sbr]\.|HRKU-"
    r"|hf_|api_org_|lin_[ao]|NR[A-Z]{2}-|ntn_|npm_|sk-[0-9A-Za-z]|pscale_|PMAK-"
    r"|pul-|pypi-|rzp_|rubygems_|SG\.|sntry[us]_|shp[a-z]{2}_|sq0[ac]|sb[ps]?_|tskey-|AKID"
    rf")|[0-9]:AA[0-9A-Za-z_\-]|{'|'.join(sign for _, sign in _WITHIN.values())}"
)
"""How one of them begins, or the sign within it."""

_LITERALS: Final = """
    LTAI ATATT3 ATCTT3 ATSTT3 ABSK amzn.mws. ABIA ACCA AGE-SECRET-KEY-1 sk-ant- sk-proj-
    sk-svcacct- sk-admin- T3BlbkFJ bkua_ bkat_ bkct_ bkprt_ CCIPAT_ CCIPRJ_ dapi dop_v1_ doo_v1_
    dor_v1_ dckr_ dp.pt. dp.st. dp.ct. dp.sa. dp.scim. dp.audit. dt0 figd_ figo_ figr_ figh_ fm1_
    fm1a_ fm1r_ fm2_ fm2a_ fm2r_ glpat- gldt- glrt- glcbt- glptt- glft- glsoat- gloas- glimt-
    glagent- glffct- glwt- AIza GOCSPX- ya29. 1//0 glsa_ glc_ hvs. hvb. hvr. HRKU- hf_ api_org_
    lin_api_ lin_oauth_ NRAK- NRII- NRIQ- NRJS- NRRA- ntn_ npm_ pscale_ PMAK- pul- pypi-AgE rzp_
    rubygems_ SG. sntryu_ sntrys_ shpat_ shpca_ shppa_ shpss_ sq0atp- sq0csp- sbp_ sbs_ sb_secret_
    tskey- :AA AKID Q~ APIM ACDb +ABa +AMC +ASt AZDO .atlasv1.
"""
MARKS: Final = tuple(_LITERALS.split())
"""Literals of which each of these keys holds one."""


def rewrite(match: str, stand_in: StandIn) -> str:
    """A match of `PATTERN` replaced."""
    if match.endswith("==") and _STORAGE.search(match):
        return stand_in(match) if len(match) == _STORAGE_LENGTH else match
    if match[-8:-4] == "AZDO":
        return stand_in(match) if len(match) == _DEVOPS_LENGTH else match
    return stand_in(match)
