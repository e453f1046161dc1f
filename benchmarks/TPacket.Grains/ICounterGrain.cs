namespace TPacket.Grains;

/// <summary>A grain equivalent to CounterRules.</summary>
public interface ICounterGrain : IGrainWithStringKey
{
    /// <summary>Adds to the sum and writes the state.</summary>
    /// <returns>The sum and the number of additions.</returns>
    Task<CounterState> AddAsync(int number);
}
