using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Running;
using TPacket.Benchmarks;

// dotnet run -c Release --project benchmarks/TPacket.Benchmarks -- --filter '*Masking*'
// dotnet run -c Release --project benchmarks/TPacket.Benchmarks -- --members      what members of rooms hold in the managed heap
switch (args)
{
    case [MemberMemory.Argument]:
        MemberMemory.Run();
        return;
    case [MemberMemory.Argument, var kind, var talks]:
        MemberMemory.Run(Enum.Parse<MemberKind>(kind), bool.Parse(talks));
        return;
}

BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args, DefaultConfig.Instance.AddDiagnoser(MemoryDiagnoser.Default));
