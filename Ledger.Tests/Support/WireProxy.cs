using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Ledger.Tests.Support;

/// <summary>
/// Stands between a program and PostgreSQL and passes the protocol's messages on, one by one, both ways. Each message is a
/// step; before a chosen one it does what the test wants, and the message is never passed on.
/// </summary>
public sealed class WireProxy : IDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly EndPoint server;
    private readonly List<Socket> open = [];
    private readonly Lock gate = new();
    private Action? fault;
    private long faultAt = long.MaxValue;
    private bool down;

    public WireProxy(string connectionString)
    {
        var target = new NpgsqlConnectionStringBuilder(connectionString);
        server = target.Host!.StartsWith('/')
            ? new UnixDomainSocketEndPoint($"{target.Host}/.s.PGSQL.{target.Port}")
            : new DnsEndPoint(target.Host, target.Port);
        listener.Start();
        ConnectionString = new NpgsqlConnectionStringBuilder(connectionString)
        {
            Host = "127.0.0.1",
            Port = ((IPEndPoint)listener.LocalEndpoint).Port,
            SslMode = SslMode.Disable,
            Timeout = 5,
        }.ConnectionString;
        _ = AcceptAsync();
    }

    /// <summary>How to connect through it.</summary>
    public string ConnectionString { get; }

    /// <summary>The messages passed so far.</summary>
    public long Steps { get; private set; }

    /// <summary>Whether the fault happened.</summary>
    public bool Struck { get; private set; }

    /// <summary>After so many more messages every connection is cut, and none is accepted where it stays down.</summary>
    public void CutAfter(long steps, bool stayDown) =>
        Arm(
            steps,
            () =>
            {
                down = stayDown;
                CutAll();
            }
        );

    /// <summary>After so many messages in all, does something instead of passing the next one on.</summary>
    public void Arm(long steps, Action instead)
    {
        lock (gate)
        {
            (fault, faultAt, Struck) = (instead, Steps + steps, false);
        }
    }

    /// <summary>Passes everything on again.</summary>
    public void Mend()
    {
        lock (gate)
        {
            (fault, faultAt, down) = (null, long.MaxValue, false);
        }
    }

    public void Dispose()
    {
        listener.Dispose();
        lock (gate)
        {
            CutAll();
        }
    }

    private void CutAll()
    {
        open.ForEach(s => s.Dispose());
        open.Clear();
    }

    private async Task AcceptAsync()
    {
        try
        {
            for (; ; )
            {
                var client = await listener.AcceptSocketAsync();
                client.NoDelay = true; // Each message is written by itself.
                var upstream = new Socket(
                    server.AddressFamily == AddressFamily.Unix ? AddressFamily.Unix : AddressFamily.InterNetwork,
                    SocketType.Stream,
                    ProtocolType.Unspecified
                );
                await upstream.ConnectAsync(server);
                lock (gate)
                {
                    open.AddRange([client, upstream]);
                    if (down)
                    {
                        CutAll();
                        continue;
                    }
                }

                _ = PassAsync(client, upstream, startup: true);
                _ = PassAsync(upstream, client, startup: false);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Closed with the test.
        }
    }

    private async Task PassAsync(Socket from, Socket to, bool startup)
    {
        try
        {
            await using var source = new NetworkStream(from, ownsSocket: false);
            await using var sink = new NetworkStream(to, ownsSocket: false);
            for (; ; startup = false)
            {
                // A startup message has no type before its length.
                var head = new byte[startup ? 4 : 5];
                await source.ReadExactlyAsync(head);
                var body = new byte[BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(head.Length - 4)) - 4];
                await source.ReadExactlyAsync(body);
                lock (gate)
                {
                    if (Steps >= faultAt)
                    {
                        (faultAt, Struck) = (long.MaxValue, true);
                        fault!();
                        from.Dispose();
                        to.Dispose();
                        return;
                    }

                    Steps++;
                }

                await sink.WriteAsync((byte[])[.. head, .. body]);
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or EndOfStreamException)
        {
            lock (gate)
            {
                from.Dispose();
                to.Dispose();
            }
        }
    }
}
