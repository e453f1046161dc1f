namespace TPacket.Grains;

/// <summary>A grain that does what CounterRules do.</summary>
public interface ICounterGrain : IGrainWithStringKey
{
    /// <summary>Adds to the sum, and writes the state.</summary>
    /// <returns>The sum, and how often was added.</returns>
    Task<CounterState> AddAsync(int number);
}
