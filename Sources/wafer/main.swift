import AsyncHTTPClient
import ArgumentParser
import UnixSignals
print("wafer")
