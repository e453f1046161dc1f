using System.Globalization;
using TPacket.Fuzz;

// TPacket.Fuzz instrument                                              instruments the libraries beside this program, once
// TPacket.Fuzz run TARGET SECONDS CORPUS FINDINGS [SEED]               fuzzes; reads the corpus and replaces it with a reduced one
// TPacket.Fuzz targets                                                 lists the targets
switch (args)
{
    case ["instrument"]:
        return Instrumentation.Run();
    case ["targets"]:
        foreach (var name in FuzzTargets.All.Keys)
            Console.WriteLine(name);
        return 0;
    case ["run", var target, var seconds, var corpus, var findings, .. var seed]:
        CoverageMap.Install();
        var fuzzer = new Fuzzer(
            FuzzTargets.All[target](), corpus, findings, seed is [var given] ? int.Parse(given, CultureInfo.InvariantCulture) : Random.Shared.Next());
        return fuzzer.Run(TimeSpan.FromSeconds(int.Parse(seconds, CultureInfo.InvariantCulture))) == 0 ? 0 : 1;
    default:
        Console.Error.WriteLine("Usage: TPacket.Fuzz instrument | targets | run TARGET SECONDS CORPUS FINDINGS [SEED]");
        return 64;
}
