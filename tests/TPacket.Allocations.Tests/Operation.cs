using System.Globalization;
using System.Reflection;
using BenchmarkDotNet.Attributes;
using TPacket.Benchmarks;

namespace TPacket.Allocations.Tests;

/// <summary>A method of a benchmark with one choice of its parameters.</summary>
internal sealed class Operation
{
    private readonly MethodInfo _method;
    private readonly (PropertyInfo Property, object Value)[] _parameters;

    private Operation(MethodInfo method, (PropertyInfo Property, object Value)[] parameters)
    {
        _method = method;
        _parameters = parameters;
        var choice = string.Join(", ", parameters.Select(static p => string.Create(CultureInfo.InvariantCulture, $"{p.Property.Name}: {p.Value}")));
        Name = $"{method.DeclaringType!.Name}.{method.Name}({choice})";
    }

    /// <summary>The operations that BenchmarkDotNet runs, by name.</summary>
    public static IReadOnlyDictionary<string, Operation> All { get; } =
        typeof(CodecBenchmarks).Assembly.GetTypes()
            .SelectMany(static type => type.GetMethods())
            .Where(static method => method.IsDefined(typeof(BenchmarkAttribute)))
            .SelectMany(static method => Choices(method.DeclaringType!).Select(choice => new Operation(method, choice)))
            .ToDictionary(static operation => operation.Name);

    public string Name { get; }

    /// <summary>Creates the benchmark and runs its setup.</summary>
    /// <returns>An action that runs the operation once.</returns>
    public Action Prepare()
    {
        var benchmark = Activator.CreateInstance(_method.DeclaringType!)!;
        foreach (var (property, value) in _parameters)
            property.SetValue(benchmark, value);
        foreach (var setup in benchmark.GetType().GetMethods().Where(static method => method.IsDefined(typeof(GlobalSetupAttribute))))
            setup.Invoke(benchmark, null);
        return (Action)typeof(Operation).GetMethod(nameof(Discarding), BindingFlags.NonPublic | BindingFlags.Static)!
            .MakeGenericMethod(_method.ReturnType).Invoke(null, [benchmark, _method])!;
    }

    private static Action Discarding<T>(object benchmark, MethodInfo method)
    {
        var run = method.CreateDelegate<Func<T>>(benchmark);
        return () => run();
    }

    private static IEnumerable<(PropertyInfo Property, object Value)[]> Choices(Type benchmark)
    {
        IEnumerable<(PropertyInfo, object)[]> choices = [[]];
        foreach (var property in benchmark.GetProperties())
        {
            if (property.GetCustomAttribute<ParamsAttribute>() is { } parameter)
                choices = choices.SelectMany(choice => parameter.Values.Select(value => ((PropertyInfo, object)[])[.. choice, (property, value!)]));
        }

        return choices;
    }
}
