"""All formats that are more than lines: documents, records of many events, tables."""

from __future__ import annotations

from typing import Final

from traversion_data.decode.base import Format
from traversion_data.decode.clef import CLEF
from traversion_data.decode.csv import CSV
from traversion_data.decode.docker import DOCKER
from traversion_data.decode.documents import JSON_DOCUMENT
from traversion_data.decode.envelopes import AZURE, CLOUDTRAIL, GCP
from traversion_data.decode.jaeger import JAEGER
from traversion_data.decode.journald import JOURNALD
from traversion_data.decode.loggers import BUNYAN, LOG4J2
from traversion_data.decode.otlp import OTLP
from traversion_data.decode.tables import ARROW, PARQUET
from traversion_data.decode.zipkin import ZIPKIN

STRUCTURED: Final[tuple[Format, ...]] = (
    OTLP,
    JAEGER,
    ZIPKIN,
    CLOUDTRAIL,
    GCP,
    AZURE,
    DOCKER,
    JOURNALD,
    CLEF,
    BUNYAN,
    LOG4J2,
    CSV,
    PARQUET,
    ARROW,
    JSON_DOCUMENT,
)
"""They know their records for certain, so of equally sure formats they come first."""
