# SPDX-License-Identifier: Apache-2.0
"""Generators that turn the tables of data/spec into committed sources."""
