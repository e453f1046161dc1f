namespace TPacket.Fuzz;

/// <summary>Instruments the libraries so that they record every branch that they take.</summary>
internal static class Instrumentation
{
    private static readonly string[] _libraries = ["TPacket.Protocol", "TPacket.Transports", "TPacket.WebSockets", "TPacket.Server", "TPacket.Client"];

    public static int Run()
    {
        foreach (var library in _libraries)
        {
            var path = Path.Combine(AppContext.BaseDirectory, library + ".dll");
            try
            {
                SharpFuzz.Fuzzer.Instrument(path, static _ => true, SharpFuzz.Options.Value);
            }
            catch (SharpFuzz.InstrumentationException e)
            {
                Console.Error.WriteLine($"{path}: {e.Message}");
                return 1;
            }
        }

        return 0;
    }
}
