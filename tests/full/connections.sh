#!/bin/bash
# Open files and memory of a run with 1,000 connections, whose bounds tests/descriptors.sh checks with fewer.
CONNECTIONS=1000 exec "$(dirname "$0")/../descriptors.sh"
