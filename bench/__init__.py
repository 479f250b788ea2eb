"""What must be fast, measured beside the machine's own limit in the same run.

make bench                 every figure
make bench ONLY=planning   those of one module: distribution, planning, entitled, dues
"""
