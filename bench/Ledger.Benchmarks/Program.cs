using System.CommandLine;
using Ledger.Benchmarks;

return await new RootCommand("Benchmarks of the ledger, each beside the raw limit in the same run.")
{
    AppendBenchmark.Create(),
    PlainMarten.Create(),
    EvidenceBenchmark.Create(),
    AssessBenchmark.Create(),
    ReadBenchmark.Create(),
    DecideBenchmark.Create(),
    HttpBenchmark.Create(),
    RankingsBenchmark.Create(),
    LagBenchmark.Create(),
    GrowthBenchmark.Create(),
    ImportBenchmark.Create(),
    MappedImportBenchmark.Create(),
    DetectorBenchmark.Create(),
    DetectorGrowthBenchmark.Create(),
    InnerBenchmark.Create(),
}
    .Parse(args)
    .InvokeAsync();
