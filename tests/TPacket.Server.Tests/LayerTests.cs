using System.IO.Pipelines;
using System.Net.Sockets;
using System.Reflection;
using TPacket.Protocol;
using TPacket.Transports;
using TPacket.WebSockets;

namespace TPacket.Server.Tests;

/// <summary>The layers of the libraries: permitted references, and code without I/O.</summary>
public class LayerTests
{
    private const BindingFlags Declared = BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private static readonly Type[] _io = [typeof(Task), typeof(ValueTask), typeof(ValueTask<>), typeof(Task<>), typeof(Stream), typeof(PipeReader), typeof(PipeWriter), typeof(Socket), typeof(TimeProvider), typeof(Timer), typeof(TransportConnection)];

    [Theory]
    [InlineData(typeof(PacketReader), new string[0])]
    [InlineData(typeof(TransportConnection), new string[0])]
    [InlineData(typeof(WebSocketConnection), new[] { "TPacket.Transports" })]
    [InlineData(typeof(TPacketServer), new[] { "TPacket.Protocol", "TPacket.Transports", "TPacket.WebSockets", "Microsoft.Extensions" })]
    public void An_assembly_references_only_what_its_layer_may_know(Type member, string[] allowed)
    {
        var others = member.Assembly.GetReferencedAssemblies().Select(reference => reference.Name!)
            .Where(name => name is not ("System" or "Microsoft.Win32.Primitives") && !name.StartsWith("System.", StringComparison.Ordinal));
        Assert.All(others, name => Assert.Contains(allowed, a => name == a || name.StartsWith(a + ".", StringComparison.Ordinal)));
    }

    /// <summary>An application finds the types of a package with one using directive, and the extensions of the builder with that of the container.</summary>
    [Theory]
    [InlineData(typeof(PacketReader), "TPacket.Protocol", "TPacket.Games")]
    [InlineData(typeof(TransportConnection), "TPacket.Transports")]
    [InlineData(typeof(WebSocketConnection), "TPacket.WebSockets")]
    [InlineData(typeof(TPacketServer), "TPacket.Server", "Microsoft.Extensions.DependencyInjection")]
    public void Public_types_are_in_the_namespace_of_their_package(Type member, params string[] namespaces) =>
        Assert.All(member.Assembly.GetExportedTypes(), type => Assert.Contains(type.Namespace, namespaces));

    [Theory]
    [InlineData(typeof(PacketReader), "TPacket.Protocol")]
    [InlineData(typeof(WebSocketConnection), "TPacket.WebSockets.Framing")]
    [InlineData(typeof(WebSocketConnection), "TPacket.WebSockets.Messages")]
    [InlineData(typeof(WebSocketConnection), "TPacket.WebSockets.Handshake")]
    public void Code_without_IO_has_no_IO_in_its_signatures(Type member, string ns)
    {
        var types = member.Assembly.GetTypes().Where(type => type.Namespace == ns).ToArray();
        Assert.NotEmpty(types);
        var found = from type in types
                    from used in Signatures(type)
                    where IsIO(used.Type)
                    select $"{type.Name}.{used.Member}: {used.Type.Name}";
        Assert.Empty(found);
    }

    [Fact]
    public void The_guard_detects_IO()
    {
        Assert.Contains(Signatures(typeof(TPacketServer)), used => IsIO(used.Type));
        Assert.Contains(Signatures(typeof(WebSocketHandler)), used => IsIO(used.Type));
    }

    private static bool IsIO(Type type)
    {
        var bare = type.IsGenericType ? type.GetGenericTypeDefinition() : type;
        if (type.IsGenericType && type.GetGenericArguments().Any(IsIO))
            return true;
        return type.HasElementType ? IsIO(type.GetElementType()!) : _io.Any(io => io.IsAssignableFrom(bare));
    }

    private static IEnumerable<(string Member, Type Type)> Signatures(Type type)
    {
        foreach (var field in type.GetFields(Declared))
            yield return (field.Name, field.FieldType);
        foreach (var method in type.GetMethods(Declared))
        {
            yield return (method.Name, method.ReturnType);
            foreach (var parameter in method.GetParameters())
                yield return (method.Name, parameter.ParameterType);
        }

        foreach (var constructor in type.GetConstructors(Declared))
        {
            foreach (var parameter in constructor.GetParameters())
                yield return (".ctor", parameter.ParameterType);
        }
    }
}
