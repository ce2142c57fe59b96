"""What the command line says; ../README.md describes every flag. What the
library cannot do is refused, with exit status 2."""
import argparse

# Newest first, as they are offered. The library speaks a 1.4 and a 2.0 as well
# that are nobody else's.
GOSSIPSUB = ["/meshsub/1.3.0", "/meshsub/1.2.0", "/meshsub/1.1.0",
             "/meshsub/1.0.0"]
FLOODSUB = "/floodsub/1.0.0"


def parse_options(arguments):
    parser = argparse.ArgumentParser(prog="peer", allow_abbrev=False)
    parser.add_argument("--listen", action="append", default=[])
    parser.add_argument("--topic", action="append", default=[], dest="topics")
    parser.add_argument("--peer", action="append", default=[], dest="peers")
    parser.add_argument("--policy", choices=["strict-sign"],
                        default="strict-sign")
    parser.add_argument("--max-size", type=int, default=1 << 20)
    parser.add_argument("--protocol", choices=[*GOSSIPSUB, FLOODSUB])
    parser.add_argument("--no-mesh", action="store_true")
    parser.add_argument("--flood-publish", choices=["off"], default="off")
    parser.add_argument("--identity-seed", type=int)
    parser.add_argument("--security", choices=["noise"], default="noise")
    options = parser.parse_args(arguments)
    options.listen = options.listen or ["/ip4/127.0.0.1/tcp/0"]
    return options
