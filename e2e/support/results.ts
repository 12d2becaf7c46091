// A payment result as the provider hands it in, for stories that need one of their own.

/** Of this moment, complete, for one order. */
export function paymentResult(ipCode: string, orderNo: string, more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    ip_code: ipCode,
    order_no: orderNo,
    carrier: 'docomo',
    status: '03',
    amount: 11350,
    phone: '09012345678',
    email: 'taro@example.jp',
    sendid: 'mr192',
    sendpoint: '2026031700002',
    error_code: '',
    occurred_at: new Date().toISOString(),
    parameters: {},
    ...more,
  };
}
