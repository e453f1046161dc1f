using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Running;
using TPacket.Benchmarks;

// dotnet run -c Release --project benchmarks/TPacket.Benchmarks -- --filter '*Masking*'
// dotnet run -c Release --project benchmarks/TPacket.Benchmarks -- --members      the managed memory of members of rooms
// dotnet run -c Release --project benchmarks/TPacket.Benchmarks -- --rooms        the managed memory of rooms with rules
switch (args)
{
    case [MemberMemory.Argument]:
        MemberMemory.Run();
        return;
    case [MemberMemory.Argument, var kind, var talks]:
        MemberMemory.Run(Enum.Parse<MemberKind>(kind), bool.Parse(talks));
        return;
    case [RulesHost.Argument]:
        await RulesHost.RunAsync();
        return;
    case [RoomMemory.Argument]:
        RoomMemory.Run();
        return;
    case [RoomMemory.Argument, var kind]:
        await RoomMemory.RunAsync(Enum.Parse<RoomKind>(kind));
        return;
}

BenchmarkSwitcher.FromAssembly(typeof(RoomMemory).Assembly).Run(args, DefaultConfig.Instance.AddDiagnoser(MemoryDiagnoser.Default));
