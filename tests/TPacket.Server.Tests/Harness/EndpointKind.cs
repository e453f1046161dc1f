namespace TPacket.Server.Tests.Harness;

/// <summary>What stands between the server and a client at an endpoint.</summary>
public enum EndpointKind
{
    Plain,
    Tls,
    Proxy,
    ProxyAndTls,
    Unix,
}
